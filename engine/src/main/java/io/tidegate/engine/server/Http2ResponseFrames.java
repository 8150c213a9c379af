package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Headers;
import io.tidegate.engine.wire.HeadFields;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.Http2Heads;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.DataOutbox;
import org.jspecify.annotations.Nullable;

/// The response of one stream as it becomes frames: small ranges go out as one, and the last frame ends the stream
/// (RFC 9113 §8.1). Reused from response to response.
final class Http2ResponseFrames implements DataOutbox.Frames {

    private final Http2ServerStream served;
    private final DataOutbox body = new DataOutbox(this);
    private final HeadFields head = new HeadFields();
    private boolean headWaits;
    private @Nullable Http2Headers trailers;
    private boolean muted;

    /// The responses of what `served` serves.
    Http2ResponseFrames(Http2ServerStream served) {
        this.served = served;
    }

    void begin() {
        muted = false;
    }

    /// From here on, what is sent is dropped: the stream is reset.
    void mute() {
        muted = true;
    }

    boolean isMuted() {
        return muted;
    }

    /// Takes the head; it waits, since the end of the stream may go with it.
    void head(HeadWriter out) {
        if (!muted) {
            Http2Heads.response(out, head, served.worker().fields());
            headWaits = true;
        }
    }

    /// Takes a range of a received buffer; the buffer stays the caller's.
    void range(ByteBuf in, int start, int length) {
        if (!muted) {
            body.range(in, start, length);
        }
    }

    /// Takes bytes made here.
    void bytes(byte[] bytes, int start, int length) {
        if (!muted) {
            body.bytes(bytes, start, length);
        }
    }

    /// Takes the fields behind the body, which end the stream.
    void trailers(Trailers behind) {
        trailers = behind.fields();
    }

    @Override
    public ByteBufAllocator allocator() {
        return outbox().allocator();
    }

    @Override
    public void send(ByteBuf data) {
        sendHead();
        outbox().data(served.stream(), data, false);
    }

    private void sendHead() {
        if (headWaits) {
            headWaits = false;
            outbox().head(served.stream(), head, false);
        }
    }

    /// Sends all that was taken.
    void send() {
        body.flush();
        sendHead();
    }

    /// Sends all that was taken, and the end of the stream with it.
    ///
    /// @return the last frame
    ChannelFuture end() {
        if (trailers != null) {
            send();
            return outbox().head(served.stream(), trailers, true);
        }
        ByteBuf last = body.takeLast();
        if (headWaits && last == null) {
            headWaits = false;
            return outbox().head(served.stream(), head, true);
        }
        sendHead();
        return outbox().data(served.stream(), last == null ? Unpooled.EMPTY_BUFFER : last, true);
    }

    private Http2Outbox outbox() {
        return served.connection().outbox();
    }

    /// Lets go of what was not sent.
    void discard() {
        body.discard();
        trailers = null;
        headWaits = false;
    }
}
