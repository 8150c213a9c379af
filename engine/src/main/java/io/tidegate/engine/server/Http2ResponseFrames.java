package io.tidegate.engine.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.Http2Heads;
import org.jspecify.annotations.Nullable;

/// The response of one stream as it becomes frames: small ranges go out as one, and the last frame ends the stream
/// (RFC 9113 §8.1). Reused from response to response.
final class Http2ResponseFrames {

    /// Longest range that is copied, so that small ones go out as one frame.
    private static final int COPIED = 4096;
    private static final int SMALLEST_BUFFER = 256;

    private final Http2ServerStream served;
    private @Nullable Http2Headers head;
    private @Nullable ByteBuf copies;
    private @Nullable ByteBuf last;
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
            head = Http2Heads.response(out);
        }
    }

    /// Takes a range of a received buffer; the buffer stays the caller's.
    void range(ByteBuf in, int start, int length) {
        if (muted || length == 0) {
            return;
        }
        if (length <= COPIED) {
            room(length).writeBytes(in, start, length);
        } else {
            settle();
            next(in.retainedSlice(start, length));
        }
    }

    /// Takes bytes made here.
    void bytes(byte[] bytes, int start, int length) {
        if (!muted && length > 0) {
            room(length).writeBytes(bytes, start, length);
        }
    }

    private ByteBuf room(int length) {
        ByteBuf buffer = copies;
        if (buffer == null || buffer.writableBytes() < length) {
            settle();
            buffer = outbox().allocator().directBuffer(Math.max(length, SMALLEST_BUFFER));
            copies = buffer;
        }
        return buffer;
    }

    private void settle() {
        ByteBuf buffer = copies;
        if (buffer != null) {
            copies = null;
            next(buffer);
        }
    }

    /// The last data waits, since the end of the stream may go with it.
    private void next(ByteBuf data) {
        sendWaiting();
        last = data;
    }

    private void sendWaiting() {
        Http2Outbox outbox = outbox();
        Http2Headers fields = head;
        if (fields != null) {
            head = null;
            outbox.head(served.stream(), fields, false);
        }
        ByteBuf data = last;
        if (data != null) {
            last = null;
            outbox.data(served.stream(), data, false);
        }
    }

    /// Sends all that was taken.
    void send() {
        settle();
        sendWaiting();
    }

    /// Sends all that was taken, and the end of the stream with it.
    ///
    /// @return the last frame
    ChannelFuture end() {
        settle();
        Http2Outbox outbox = outbox();
        Http2Stream stream = served.stream();
        Http2Headers fields = head;
        ByteBuf data = last;
        head = null;
        last = null;
        if (fields != null) {
            ChannelFuture sent = outbox.head(stream, fields, data == null);
            if (data == null) {
                return sent;
            }
        }
        return outbox.data(stream, data == null ? Unpooled.EMPTY_BUFFER : data, true);
    }

    private Http2Outbox outbox() {
        return served.connection().outbox();
    }

    /// Lets go of what was not sent.
    void discard() {
        if (copies != null) {
            copies.release();
            copies = null;
        }
        if (last != null) {
            last.release();
            last = null;
        }
        head = null;
    }
}
