/// Tests of what is logged.
@NullMarked
package io.tidegate.app.log;

import org.jspecify.annotations.NullMarked;
