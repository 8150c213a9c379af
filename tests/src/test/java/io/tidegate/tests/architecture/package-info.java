/// The rules that keep the code clean.
@NullMarked
package io.tidegate.tests.architecture;

import org.jspecify.annotations.NullMarked;
