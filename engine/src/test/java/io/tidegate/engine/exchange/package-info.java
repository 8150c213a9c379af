/// Tests of exchanges, without sockets.
@NullMarked
package io.tidegate.engine.exchange;

import org.jspecify.annotations.NullMarked;
