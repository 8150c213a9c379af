package io.tidegate.engine.worker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// The body that goes out on one stream of HTTP/2: small ranges are copied together so that they go as one frame, and
/// the
/// last of it waits, since the end of the stream may go with it.
public final class DataOutbox {

    /// Longest range that is copied.
    private static final int COPIED = 4096;
    private static final int LEAST_BUFFER = 256;

    /// Where the frames go.
    @FunctionalInterface
    public interface Frames {

        /// Sends a frame; takes the buffer over.
        ///
        /// @param end
        ///            whether the stream ends with it
        void send(ByteBuf data, boolean end);
    }

    private final ByteBufAllocator allocator;
    private final Frames frames;
    private @Nullable ByteBuf copies;
    private @Nullable ByteBuf waiting;

    /// An empty one.
    public DataOutbox(ByteBufAllocator allocator, Frames frames) {
        this.allocator = allocator;
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
            buffer = allocator.directBuffer(Math.max(length, LEAST_BUFFER));
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
            frames.send(data, false);
        }
    }

    /// Sends everything.
    public void flush() {
        settle();
        flushWaiting();
    }

    /// Sends everything, and the end of the stream with it.
    public void end() {
        settle();
        ByteBuf data = waiting;
        waiting = null;
        frames.send(data == null ? Unpooled.EMPTY_BUFFER : data, true);
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
