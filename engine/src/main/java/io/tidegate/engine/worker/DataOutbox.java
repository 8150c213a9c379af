package io.tidegate.engine.worker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// The body that goes out on one stream of HTTP/2: small ranges are copied together so that they go as one frame, and
/// the last of it waits, since the end of the stream may go with it. Reused from body to body.
public final class DataOutbox {

    /// Longest range that is copied.
    private static final int COPIED = 4096;
    private static final int LEAST_BUFFER = 256;

    /// Where the frames go.
    public interface Frames {

        /// Makes the buffers of small ranges.
        ByteBufAllocator allocator();

        /// Sends a frame that is not the last; takes the buffer over.
        void send(ByteBuf data);
    }

    private final Frames frames;
    private @Nullable ByteBuf copies;
    private @Nullable ByteBuf waiting;

    /// An empty one.
    public DataOutbox(Frames frames) {
        this.frames = frames;
    }

    /// Takes a range of a received buffer. The buffer stays the caller's; it is retained here for as long as it takes.
    public void range(ByteBuf in, int start, int length) {
        if (length == 0) {
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
    public void bytes(byte[] bytes, int start, int length) {
        if (length > 0) {
            room(length).writeBytes(bytes, start, length);
        }
    }

    private ByteBuf room(int length) {
        ByteBuf buffer = copies;
        if (buffer == null || buffer.writableBytes() < length) {
            settle();
            buffer = frames.allocator().directBuffer(Math.max(length, LEAST_BUFFER));
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

    private void next(ByteBuf data) {
        flushWaiting();
        waiting = data;
    }

    private void flushWaiting() {
        ByteBuf data = waiting;
        if (data != null) {
            waiting = null;
            frames.send(data);
        }
    }

    /// Sends everything.
    public void flush() {
        settle();
        flushWaiting();
    }

    /// Gives away the last of it, for the caller to send with the end of the stream; null where nothing waits.
    public @Nullable ByteBuf takeLast() {
        settle();
        ByteBuf data = waiting;
        waiting = null;
        return data;
    }

    /// Lets go of what was not sent.
    public void discard() {
        if (copies != null) {
            copies.release();
            copies = null;
        }
        if (waiting != null) {
            waiting.release();
            waiting = null;
        }
    }
}
