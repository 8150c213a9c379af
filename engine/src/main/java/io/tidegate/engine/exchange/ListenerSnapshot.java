package io.tidegate.engine.exchange;

import io.netty.channel.unix.DomainSocketAddress;
import io.tidegate.config.ListenerConfig;
import io.tidegate.engine.observe.LogLabel;
import io.tidegate.engine.route.RouteTable;
import io.tidegate.engine.stream.StreamTargets;
import io.tidegate.engine.tls.TlsHosts;
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
/// @param label
///            the name, as it is logged
/// @param routes
///            those that are served here
/// @param answers
///            writes the gateway's own answers
/// @param telemetry
///            where exchanges are counted and logged
/// @param tls
///            what is shown to clients by name; null without TLS
/// @param httpsPort
///            the port that every client is sent to with https; 0 where they are served
/// @param altSvc
///            what clients over TCP are told of HTTP/3 (RFC 7838); empty for nothing
/// @param challenges
///            what authorities are answered that look by HTTP whether a name leads here; null where none do
/// @param streams
///            where its connections go if they are no HTTP; null where they are
public record ListenerSnapshot(String name, LogLabel label, ListenerConfig config, RequestParser parser,
        RouteTable<Route> routes, Answers answers, Telemetry telemetry,
        @Nullable TlsHosts tls, int httpsPort, String altSvc, @Nullable HttpChallenges challenges,
        @Nullable StreamTargets streams) {

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
