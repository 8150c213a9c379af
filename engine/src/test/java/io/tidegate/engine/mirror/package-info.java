/// Tests of what is said of two answers.
@NullMarked
package io.tidegate.engine.mirror;

import org.jspecify.annotations.NullMarked;
