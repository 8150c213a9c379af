package io.tidegate.engine.server;

import java.util.ArrayDeque;

/// The streams of one event loop that serve nobody at the moment, last used first. Touched on that loop only.
final class Http1ServerStreams {

    /// Most that are kept; what is given back beyond is left to the garbage collector.
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

    /// Takes back a stream whose exchange is over. It still knows its connection: what is on its way out there is
    /// flushed
    /// through it at the end of the turn.
    void giveBack(Http1ServerStream stream) {
        if (idle.size() < KEPT) {
            idle.addLast(stream);
        }
    }
}
