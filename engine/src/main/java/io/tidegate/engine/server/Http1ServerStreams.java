package io.tidegate.engine.server;

import java.util.ArrayDeque;

/// The streams of one event loop that serve nobody at the moment, last used first. Touched on that loop only.
final class Http1ServerStreams {

    /// Most that are kept; what has not been used for longest goes first.
    private static final int KEPT = 512;

    private final ArrayDeque<Http1ServerStream> idle = new ArrayDeque<>();

    /// A stream for the next request of `connection`.
    Http1ServerStream take(Http1ServerHandler connection) {
        Http1ServerStream stream = idle.pollLast();
        if (stream == null) {
            return new Http1ServerStream(connection);
        }
        stream.attach(connection);
        return stream;
    }

    /// Takes back a stream whose exchange is over, and which has nothing to flush any more.
    void giveBack(Http1ServerStream stream) {
        stream.detach();
        if (idle.size() == KEPT) {
            idle.removeFirst();
        }
        idle.addLast(stream);
    }
}
