/// Tests of the engine as a whole, on real sockets.
@NullMarked
package io.tidegate.engine;

import org.jspecify.annotations.NullMarked;
