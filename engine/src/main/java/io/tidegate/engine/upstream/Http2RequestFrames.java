package io.tidegate.engine.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.Http2Heads;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.DataOutbox;
import org.jspecify.annotations.Nullable;

/// The request of one stream as it becomes frames: small ranges go out as one, and the last frame ends it (RFC 9113
/// §8.1).
final class Http2RequestFrames implements DataOutbox.Frames {

    private final Http2UpstreamConnection connection;
    private final Http2UpstreamStream sender;
    private final DataOutbox body = new DataOutbox(this);
    private @Nullable Trailers trailers;
    private boolean takesTrailers;
    private boolean handshake;
    private boolean sent;

    /// The request of `sender`.
    Http2RequestFrames(Http2UpstreamConnection connection, Http2UpstreamStream sender) {
        this.connection = connection;
        this.sender = sender;
    }

    /// The client takes fields behind the body.
    void takeTrailers() {
        takesTrailers = true;
    }

    /// The request is a handshake of WebSocket.
    void askForTunnel() {
        handshake = true;
    }

    boolean asksForTunnel() {
        return handshake;
    }

    /// Sends the head; that of a handshake once it is known whether the service takes it (RFC 8441 §3).
    void head(HeadWriter head, boolean withoutBody) {
        if (handshake) {
            Http2Headers fields = Http2Heads.handshake(head, connection.scheme());
            connection.whenSettled(allowed -> shakeHands(fields, allowed));
            return;
        }
        sent = withoutBody;
        Http2Headers fields = Http2Heads.request(head, connection.scheme());
        if (takesTrailers) {
            fields.add(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
        }
        sender.begin(fields, withoutBody);
    }

    private void shakeHands(Http2Headers fields, boolean allowed) {
        if (sender.events() == null) {
            return;
        }
        if (allowed) {
            sender.begin(fields, false);
            connection.flushLater();
        } else {
            sender.failLater(UpstreamFaults.NO_WEBSOCKET, Progress.ANSWERED);
        }
    }

    /// Takes a range of a received buffer; the buffer stays the caller's.
    void range(ByteBuf in, int start, int length) {
        body.range(in, start, length);
    }

    /// Takes bytes made here.
    void bytes(byte[] bytes, int start, int length) {
        body.bytes(bytes, start, length);
    }

    /// Takes the fields behind the body.
    void trailers(Trailers behind) {
        body.flush();
        trailers = behind;
    }

    @Override
    public ByteBufAllocator allocator() {
        return connection.allocator();
    }

    @Override
    public void send(ByteBuf data) {
        send(data, false);
    }

    private void send(ByteBuf data, boolean end) {
        Http2Stream on = sender.stream();
        if (on == null) {
            data.release();
        } else {
            connection.sendData(on, data, end);
        }
    }

    /// Sends all that was taken, and the end of the request with it.
    void end() {
        sent = true;
        Http2Stream on = sender.stream();
        if (trailers != null && on != null) {
            connection.sendTrailers(on, trailers.fields());
        } else {
            ByteBuf last = body.takeLast();
            send(last == null ? Unpooled.EMPTY_BUFFER : last, true);
        }
    }

    /// Sends all that was taken.
    void flush() {
        if (!sent) {
            body.flush();
        }
    }

    /// Whether the request is complete.
    boolean isSent() {
        return sent;
    }

    /// Lets go of what was not sent.
    void discard() {
        body.discard();
    }
}
