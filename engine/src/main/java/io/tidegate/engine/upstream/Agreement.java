package io.tidegate.engine.upstream;

import io.netty.channel.Channel;
import io.tidegate.config.ProtocolConfig;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// What is spoken on the connections of a pool, as far as is known: what is declared, or what the service agrees to.
/// Touched on the pool's loop only.
final class Agreement {

    private final Pool pool;
    private final Worker worker;
    private final Upstream upstream;
    private final boolean secured;
    /// Whether the service has agreed to HTTP/1.1 where it was asked for HTTP/2.
    private boolean agreesToLess;

    Agreement(Pool pool, Worker worker, Upstream upstream, boolean secured) {
        this.pool = pool;
        this.worker = worker;
        this.upstream = upstream;
        this.secured = secured;
    }

    /// Whether one connection carries many requests.
    boolean isShared() {
        return upstream.config().protocol() != ProtocolConfig.HTTP1 && !agreesToLess;
    }

    /// Puts the handler of the protocol in place.
    ///
    /// @param agreed
    ///            what ALPN came to; null for nothing
    PooledConnection place(Channel channel, @Nullable String agreed) {
        boolean http2 = upstream.config().protocol() == ProtocolConfig.H2C || ProtocolConfig.H2.token().equals(agreed);
        if (http2) {
            Http2UpstreamConnection made = Http2UpstreamConnection.of(pool, worker, upstream, secured);
            channel.pipeline().addLast(made);
            agreesToLess = false;
            return made;
        }
        agreesToLess = upstream.config().protocol() == ProtocolConfig.H2;
        Http1UpstreamConnection made = new Http1UpstreamConnection(pool, worker, upstream.parser(),
                upstream.config().limits().interimResponses());
        if (!secured) {
            worker.transport().readsAtOnce(channel);
        }
        channel.pipeline().addLast(made);
        return made;
    }
}
