package io.tidegate.engine.exchange;

import io.netty.channel.unix.DomainSocketAddress;
import io.tidegate.config.ListenerConfig;
import io.tidegate.engine.wire.RequestParser;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// What one listener serves under one configuration.
///
/// @param name
///            of the listener
/// @param config
///            as declared
/// @param parser
///            with the listener's bounds
/// @param router
///            finds the routes served here
/// @param answers
///            writes the gateway's own answers
public record ListenerSnapshot(String name, ListenerConfig config, RequestParser parser, Router router,
        Answers answers) {

    /// Whether `peer` is one of the listener's trusted proxies.
    public boolean isTrusted(@Nullable SocketAddress peer) {
        if (peer instanceof InetSocketAddress inet) {
            byte[] raw = inet.getAddress().getAddress();
            return config.trustedProxies().stream().anyMatch(network -> network.contains(raw));
        }
        // Who may open a Unix socket is said by its file mode; the networks say nothing of it.
        return peer instanceof DomainSocketAddress && !config.trustedProxies().isEmpty();
    }
}
