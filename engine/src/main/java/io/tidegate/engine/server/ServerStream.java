package io.tidegate.engine.server;

import io.tidegate.api.Fault;
import io.tidegate.engine.exchange.Downstream;
import io.tidegate.engine.exchange.HttpExchange;
import io.tidegate.engine.exchange.Peer;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// One request of a client and all that serving it takes, whatever protocol carries it. Lent to one connection of its
/// event loop after the other ([StreamPool]), so that connections that wait hold little, and what was used last, which
/// the processor still has at hand, is used next.
///
/// @param <C>
///            the connections that it serves
abstract class ServerStream<C extends ServerConnection> implements Downstream {

    /// The head of the request; empty before it is read.
    final RequestHead head = new RequestHead();
    final HttpExchange exchange;
    private final Worker worker;
    private @Nullable C connection;

    ServerStream(Worker worker) {
        this.worker = worker;
        this.exchange = new HttpExchange(this, head);
        head.reset();
    }

    /// Serves a request of this connection from here on.
    void attach(C to) {
        connection = to;
    }

    /// Serves nobody from here on, and holds nothing of whom it served.
    void detach() {
        connection = null;
        head.reset();
    }

    /// The client does not send the body that it is asked for.
    void tooSlow(Fault fault) {
        exchange.fail(fault);
    }

    /// Whether it serves a connection.
    final boolean isAttached() {
        return connection != null;
    }

    /// The connection that is served.
    final C connection() {
        C serving = connection;
        if (serving == null) {
            throw new IllegalStateException("the stream serves no connection");
        }
        return serving;
    }

    /// What holds for the connection that is served.
    final ConnectionTerms terms() {
        return connection().terms();
    }

    @Override
    public final Worker worker() {
        return worker;
    }

    @Override
    public final Peer peer() {
        return terms().peer();
    }
}
