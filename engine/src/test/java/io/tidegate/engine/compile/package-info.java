/// Tests of what a configuration is made into.
@NullMarked
package io.tidegate.engine.compile;

import org.jspecify.annotations.NullMarked;
