package io.tidegate.engine.names;

import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.List;

/// Asks name servers. May be called by any thread; futures end on an event loop.
public interface Lookups {

    /// The addresses of a name.
    ///
    /// @param all
    ///            at least one
    /// @param seconds
    ///            for how long; -1 where the answer does not say
    record Addresses(List<InetAddress> all, long seconds) {
    }

    /// One SRV record (RFC 2782).
    ///
    /// @param target
    ///            a name, without a dot at its end
    /// @param seconds
    ///            for how long it holds
    record Service(int priority, int weight, int port, String target, long seconds) {
    }

    /// All addresses of a name, asked for now.
    Future<Addresses> addresses(String name);

    /// The SRV records of a name, asked for now.
    Future<List<Service>> services(String name);
}
