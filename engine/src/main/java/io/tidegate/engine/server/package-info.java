/// Listeners and the client's side of exchanges.
@NullMarked
package io.tidegate.engine.server;

import org.jspecify.annotations.NullMarked;
