/// Tests of who is left in peace.
@NullMarked
package io.tidegate.engine.breaker;

import org.jspecify.annotations.NullMarked;
