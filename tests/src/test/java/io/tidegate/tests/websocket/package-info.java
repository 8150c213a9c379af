/// WebSocket through the gateway, on real sockets.
@NullMarked
package io.tidegate.tests.websocket;

import org.jspecify.annotations.NullMarked;
