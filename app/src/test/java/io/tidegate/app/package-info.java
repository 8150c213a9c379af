/// Tests of the program as a whole: the launcher, and processes that run.
@NullMarked
package io.tidegate.app;

import org.jspecify.annotations.NullMarked;
