package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.tidegate.api.Fault;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.wire.FieldLines;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What becomes of the frames that come in on an HTTP/2 connection: a first HEADERS on a stream is a request, which an
/// [Http2ServerStream] serves; DATA are its body, and a second HEADERS ends it (RFC 9113 §8.1). What else comes is of no
/// use here, and counted as such.
final class Http2RequestReader extends Http2FrameAdapter {

    private final Http2ServerHandler handler;
    private final Http2Connection connection;
    private final ConnectionTerms terms;
    private final FieldLines lines;
    private final StreamPool<Http2ServerStream> pool;
    private final Http2Connection.PropertyKey begun;
    private final Http2Connection.PropertyKey serving;
    private final List<Http2ServerStream> touched = new ArrayList<>();

    /// A reader of the frames of this connection.
    ///
    /// @param lines
    ///            where the codec puts the fields of each head
    Http2RequestReader(Http2ServerHandler handler, FieldLines lines) {
        this.handler = handler;
        this.connection = handler.connection();
        this.terms = handler.terms();
        this.lines = lines;
        this.pool = terms.listener().http2Streams(terms.worker());
        this.begun = connection.newKey();
        this.serving = connection.newKey();
    }

    /// What serves the request on this stream; null where it is over here, or there is no such stream.
    @Nullable
    Http2ServerStream serving(@Nullable Http2Stream stream) {
        return stream == null ? null : stream.getProperty(serving);
    }

    /// All that came at once has been read.
    void readComplete() {
        for (Http2ServerStream stream : touched) {
            if (stream.exchange.isActive()) {
                stream.exchange.onClientReadComplete();
            }
        }
        touched.clear();
    }

    /// The listener accepts no more: what has no end by itself ends.
    void goAway() {
        List<Http2ServerStream> served = new ArrayList<>();
        try {
            connection.forEachActiveStream(stream -> {
                Http2ServerStream serves = serving(stream);
                if (serves != null) {
                    served.add(serves);
                }
                return true;
            });
        } catch (Http2Exception e) {
            handler.onError(handler.context(), true, e);
        }
        served.forEach(stream -> stream.exchange.goAway());
    }

    // Requests.

    private void begin(Http2Stream stream, boolean end) {
        Snapshot snapshot = terms.pin();
        boolean last = terms.countRequest();
        take(stream).begin(handler, stream, lines, end, snapshot, null);
        if (last) {
            handler.drain();
        }
    }

    /// Answers a head that could not be read.
    void refuse(Http2Stream stream, Fault fault) {
        Snapshot snapshot = terms.pin();
        take(stream).begin(handler, stream, new FieldLines(0), true, snapshot, fault);
    }

    private Http2ServerStream take(Http2Stream stream) {
        Http2ServerStream next = pool.take();
        stream.setProperty(serving, next);
        return next;
    }

    /// The stream's object has nothing to do any more.
    ///
    /// @param unread
    ///            bytes of the request that were held and nobody wants
    void over(Http2ServerStream done, Http2Stream stream, int unread) {
        stream.removeProperty(serving);
        if (unread > 0) {
            consumed(stream, unread);
        }
        pool.giveBack(done);
    }

    /// The client may send so many bytes more.
    void consumed(Http2Stream stream, int bytes) {
        try {
            if (connection.stream(stream.id()) != null
                    && handler.decoder().flowController().consumeBytes(stream, bytes)) {
                handler.outbox().flushLater();
            }
        } catch (Http2Exception e) {
            handler.onError(handler.context(), true, e);
        }
    }

    // Frames.

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end)
            throws Http2Exception {
        Http2Stream stream = connection.stream(streamId);
        if (stream == null) {
            return;
        }
        if (stream.getProperty(begun) == null) {
            stream.setProperty(begun, Boolean.TRUE);
            begin(stream, end);
            return;
        }
        Fault fault = end ? lines.checkTrailers() : Fault.H2_STREAM;
        Http2ServerStream served = serving(stream);
        if (fault != null) {
            if (served != null) {
                served.breakOff(fault);
            }
            throw Http2Exception.streamError(streamId, Http2Error.PROTOCOL_ERROR, "%s", fault.title());
        }
        if (served != null) {
            served.trailers(lines.trailers());
            touched.add(served);
        }
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext ctx, int streamId, Http2Headers headers, int dependency,
            short weight, boolean exclusive, int padding, boolean end) throws Http2Exception {
        onHeadersRead(ctx, streamId, headers, padding, end);
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end)
            throws Http2Exception {
        if (!data.isReadable() && !end) {
            handler.idleFrame();
        }
        Http2ServerStream served = serving(connection.stream(streamId));
        if (served == null) {
            return data.readableBytes() + padding;
        }
        touched.add(served);
        return served.data(data, end) + padding;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
        // The stream is closed next, and its exchange with it.
        Http2ServerStream served = serving(connection.stream(streamId));
        if (served == null || !served.exchange.isSettledCall()) {
            handler.glitch();
        }
    }

    @Override
    public void onPriorityRead(ChannelHandlerContext ctx, int streamId, int dependency, short weight,
            boolean exclusive) {
        handler.idleFrame();
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
        handler.idleFrame();
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) {
        handler.idleFrame();
    }

    @Override
    public void onUnknownFrame(ChannelHandlerContext ctx, byte type, int streamId, Http2Flags flags, ByteBuf payload) {
        handler.idleFrame();
    }
}
