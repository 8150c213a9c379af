package io.tidegate.engine.upstream;

import io.netty.channel.Channel;
import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Opens a connection for one request, and by HTTP/2 for all that come until it stands. Confined to its event loop.
final class Opening implements Connecting.Owner {

    private final Pool pool;
    private final ArrayDeque<Wanting> wanting = new ArrayDeque<>();

    /// A request that waits for it.
    private record Wanting(UpstreamEvents events, int ticket) {
    }

    Opening(Pool pool, UpstreamEvents events, int ticket) {
        this.pool = pool;
        wanting.add(new Wanting(events, ticket));
    }

    /// Lets one more request wait for it.
    ///
    /// @return whether there is room
    boolean joins(UpstreamEvents events, int ticket) {
        return wanting.size() < Http2UpstreamConnection.MOST_STREAMS && wanting.add(new Wanting(events, ticket));
    }

    /// A request has gone.
    @SuppressWarnings("ReferenceEquality") // one exchange, not an equal one
    void forget(UpstreamEvents events) {
        wanting.removeIf(waiter -> {
            boolean found = waiter.events == events;
            if (found) {
                pool.used(-1);
            }
            return found;
        });
    }

    @Override
    public void stands(Channel channel, @Nullable String protocol) {
        pool.over(this);
        Wanting first = wanting.peek();
        PooledConnection made = pool.place(channel, protocol, first != null,
                first == null || !pool.isOwned() ? null : first.events.clientConnection());
        if (made == null) {
            fail(UpstreamFaults.CONNECT);
            return;
        }
        wanting.poll();
        if (first != null) {
            pool.lend(made, first.events, first.ticket, false);
        } else if (!pool.isOwned()) {
            pool.keep(made);
        }
        // What one connection can't carry goes on as if it came now.
        for (Wanting next = wanting.poll(); next != null; next = wanting.poll()) {
            pool.serve(next.events, next.ticket, false);
        }
    }

    @Override
    public void failed(Fault fault) {
        pool.over(this);
        fail(fault);
    }

    private void fail(Fault fault) {
        pool.freed();
        for (Wanting next = wanting.poll(); next != null; next = wanting.poll()) {
            pool.used(-1);
            next.events.onConnectFailed(fault, next.ticket);
        }
    }
}
