/// Services behind the gateway: which endpoint answers, and the connections kept to it, a pool per event loop.
@NullMarked
package io.tidegate.engine.upstream;

import org.jspecify.annotations.NullMarked;
