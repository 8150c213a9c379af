package io.tidegate.engine.server;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.tidegate.engine.worker.Delivery;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The streams of an HTTP/2 connection whose data waits for the client's windows (RFC 9113 §5.2). Each is watched by
/// itself, since a client that takes one response fast may leave another lie.
final class Http2SlowStreams {

    private final ConnectionTerms terms;
    private final Http2Connection connection;
    private final Http2RemoteFlowController windows;
    private final Consumer<Http2Stream> tooSlow;
    private final Http2Connection.PropertyKey slow;
    private final List<Http2Stream> given = new ArrayList<>();
    private int count;

    /// The slow streams of a connection with these terms; those that are too slow go to `tooSlow`.
    Http2SlowStreams(ConnectionTerms terms, Http2Connection connection, Http2RemoteFlowController windows,
            Consumer<Http2Stream> tooSlow) {
        this.terms = terms;
        this.connection = connection;
        this.windows = windows;
        this.tooSlow = tooSlow;
        this.slow = connection.newKey();
    }

    /// Data of this stream was given to the codec.
    void given(Http2Stream stream) {
        given.add(stream);
    }

    /// All that was given was flushed: what has not gone out waits for the client, and is watched.
    void watchGiven() {
        for (Http2Stream stream : given) {
            if (windows.hasFlowControlled(stream) && stream.getProperty(slow) == null) {
                SlowStream watched = new SlowStream(stream);
                stream.setProperty(slow, watched);
                count++;
                watched.watch.begin();
            }
        }
        given.clear();
    }

    /// So many bytes of this stream's data went out.
    void wentOut(int streamId, int bytes) {
        if (count > 0) {
            Http2Stream stream = connection.stream(streamId);
            SlowStream watched = stream == null ? null : watched(stream);
            if (watched != null) {
                watched.delivered += bytes;
            }
        }
    }

    /// The stream is closed.
    void forget(Http2Stream stream) {
        SlowStream watched = watched(stream);
        if (watched != null) {
            watched.end();
        }
    }

    private @Nullable SlowStream watched(Http2Stream stream) {
        return stream.getProperty(slow);
    }

    /// A stream whose data waits.
    private final class SlowStream implements Delivery {

        private final Http2Stream stream;
        private final DeliveryWatch watch;
        private long delivered;

        SlowStream(Http2Stream stream) {
            this.stream = stream;
            this.watch = new DeliveryWatch(terms, this, this::onTooSlow);
        }

        @Override
        public long delivered() {
            return delivered;
        }

        @Override
        public boolean isDelivered() {
            if (windows.hasFlowControlled(stream)) {
                return false;
            }
            end();
            return true;
        }

        private void onTooSlow() {
            end();
            tooSlow.accept(stream);
        }

        private void end() {
            if (stream.removeProperty(slow) != null) {
                count--;
                watch.close();
            }
        }
    }
}
