package io.tidegate.config;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// WebSocket on a route.
@Doc("WebSocket on a route. Once a connection stands, the `timeouts` of the route say nothing of it.")
public record WebSocketConfig(
        @Doc("Whether clients may open connections. `false`: a handshake is answered 403.") @Default("true") boolean enabled,

        @Doc("How long both sides may be quiet, pings and pongs included, before the connection is closed.") @Default("60s") Duration idleTimeout,

        @Doc("How long a side is sent nothing before the gateway pings it by a frame of its own, between two others; the answers go no further. Keeps what stands between from closing the connection. A side that was pinged must send something within `idleTimeout`, if only the answer. Shorter than `idleTimeout`. Left out: the gateway pings nobody.") @Nullable Duration pingInterval,

        @Doc("How long a connection may last before it is closed. Left out: no limit.") @Nullable Duration maxLifetime,

        @Doc("Bounds of what a client may send. Left out: none, and frames are not looked into.") @Nullable Limits limits) {

    /// Bounds of what a client may send on one connection.
    @Doc("Bounds of what a client may send on one connection of WebSocket.")
    public record Limits(
            @Doc("Longest message, over all its frames, as it is on the wire; a longer one closes the connection (1009).") @Default("1MiB") ByteSize maxMessage,

            @Doc("Longest payload of one frame; a longer one closes the connection (1009).") @Default("unlimited") ByteSize maxFrame,

            @Doc("Frames per second, control frames included; more close the connection (1008). As many may come at once. Left out: no limit.") @Range(min = 1) @Nullable Integer framesPerSecond,

            @Doc("Bytes per second, counted frame by frame; more close the connection (1008). As many may come at once.") @Default("unlimited") ByteSize bytesPerSecond) {
    }
}
