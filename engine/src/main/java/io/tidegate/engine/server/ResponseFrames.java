package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.DataOutbox;
import org.jspecify.annotations.Nullable;

/// The response of one stream as it becomes frames of HTTP/2 or HTTP/3: small ranges go out as one, and the last frame
/// ends the stream (RFC 9113 §8.1, RFC 9114 §4.1). Reused from response to response.
///
/// @param <H>
///            the fields of the protocol
final class ResponseFrames<H> implements DataOutbox.Frames {

    /// The stream that the frames go out on.
    interface Carrier<H> {

        /// Makes the buffers of small ranges.
        ByteBufAllocator allocator();

        /// The fields of a head that was written for HTTP/1.1, until it is asked for the next.
        H fields(HeadWriter head);

        /// The fields behind a body.
        H fields(Trailers behind);

        /// Sends a head, or the fields behind a body.
        ///
        /// @param end
        ///            whether the response is complete with it
        ChannelFuture send(H fields, boolean end);

        /// Sends a part of a body; takes the buffer.
        ///
        /// @param end
        ///            whether the response is complete with it
        ChannelFuture send(ByteBuf data, boolean end);
    }

    private final Carrier<H> carrier;
    private final DataOutbox body = new DataOutbox(this);
    private @Nullable H head;
    private @Nullable H trailers;
    private boolean muted;

    /// Responses that go out on `carrier`.
    ResponseFrames(Carrier<H> carrier) {
        this.carrier = carrier;
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
            head = carrier.fields(out);
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
        trailers = carrier.fields(behind);
    }

    @Override
    public ByteBufAllocator allocator() {
        return carrier.allocator();
    }

    @Override
    public void send(ByteBuf data) {
        sendHead();
        carrier.send(data, false);
    }

    private void sendHead() {
        H fields = head;
        if (fields != null) {
            head = null;
            carrier.send(fields, false);
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
        H behind = trailers;
        if (behind != null) {
            send();
            return carrier.send(behind, true);
        }
        ByteBuf last = body.takeLast();
        H fields = head;
        if (fields != null && last == null) {
            head = null;
            return carrier.send(fields, true);
        }
        sendHead();
        return carrier.send(last == null ? Unpooled.EMPTY_BUFFER : last, true);
    }

    /// Lets go of what was not sent.
    void discard() {
        body.discard();
        head = null;
        trailers = null;
    }
}
