package io.tidegate.engine.upstream;

import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Connections of a pool each of which belongs to one client's connection, since it began by saying who that is (PROXY
/// protocol): no other client may ever be served by it. They end with their client. Confined to the pool's event loop.
final class OwnConnections {

    private final Pool pool;
    /// Both by identity: neither says when two are equal.
    private final Map<ClientConnection, List<PooledConnection>> byClient = new HashMap<>();
    private final Map<PooledConnection, ClientConnection> owners = new HashMap<>();

    OwnConnections(Pool pool) {
        this.pool = pool;
    }

    /// One that this client has and does not use, or null.
    @Nullable
    PooledConnection take(ClientConnection client) {
        for (PooledConnection own : byClient.getOrDefault(client, List.of())) {
            if (pool.left(own) && own.hasRoom()) {
                return own;
            }
        }
        return null;
    }

    /// One was made.
    ///
    /// @param client
    ///            who it is for; null where that one has gone meanwhile
    void made(PooledConnection connection, Channel channel, @Nullable ClientConnection client) {
        if (client == null) {
            channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> gone(connection));
        owners.put(connection, client);
        byClient.computeIfAbsent(client, first -> {
            client.atEnd(() -> end(client));
            return new ArrayList<>(2);
        }).add(connection);
    }

    private void gone(PooledConnection connection) {
        ClientConnection client = owners.remove(connection);
        List<PooledConnection> own = client == null ? null : byClient.get(client);
        if (own != null) {
            own.remove(connection);
        }
    }

    /// Whether one that is not used may be kept for its client's next request.
    boolean mayKeep(PooledConnection connection) {
        ClientConnection client = owners.get(connection);
        return client != null && !client.isOver();
    }

    private void end(ClientConnection client) {
        List<PooledConnection> own = byClient.remove(client);
        if (own != null) {
            // Those that are still used close with their request.
            List.copyOf(own).stream().filter(pool::left).forEach(PooledConnection::close);
        }
    }
}
