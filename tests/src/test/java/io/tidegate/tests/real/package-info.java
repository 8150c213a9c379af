/// The gateway beside other software, as `tests/install` installs it. Run with `-Preal` only.
@NullMarked
package io.tidegate.tests.real;

import org.jspecify.annotations.NullMarked;
