package io.tidegate.engine.upstream;

import io.netty.channel.Channel;
import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// A connection to a service for the bytes of one client: no pool keeps it, and nobody waits for one, since those that
/// are there may last for hours. Confined to its event loop.
public final class DirectConnection implements Connecting.Owner {

    private final Pool pool;
    private final Owner owner;

    /// Who wants it.
    public interface Owner {

        /// It stands, TLS included; whoever it is of may have gone meanwhile. What the service sends comes once this
        /// returns.
        void connected(Channel channel);

        /// It did not come about. Nothing was sent.
        void connectFailed(Fault fault);
    }

    private DirectConnection(Pool pool, Owner owner) {
        this.pool = pool;
        this.owner = owner;
    }

    /// Opens one; the answer may come at once.
    ///
    /// @param client
    ///            who it is for, where the service is told
    public static void open(Endpoint endpoint, Worker worker, ClientConnection client, Owner owner) {
        Pool pool = endpoint.pool(worker);
        if (pool.reserve()) {
            pool.used(1);
            pool.connect(new DirectConnection(pool, owner), client);
        } else {
            pool.cells().fault(UpstreamFaults.BUSY);
            owner.connectFailed(UpstreamFaults.BUSY);
        }
    }

    @Override
    public void stands(Channel channel, @Nullable String protocol) {
        pool.opened(channel);
        channel.closeFuture().addListener(closed -> pool.used(-1));
        owner.connected(channel);
    }

    @Override
    public void failed(Fault fault) {
        pool.used(-1);
        pool.cells().fault(fault);
        pool.freed();
        owner.connectFailed(fault);
    }
}
