package io.tidegate.engine.worker;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.tidegate.engine.wire.HeadWriter;
import org.jspecify.annotations.Nullable;

/// What goes out on one connection in one turn of the loop: neighbouring ranges of a received buffer become one range,
/// small bodies go with their heads, and all of it is flushed once.
public final class Outbox {

    private static final int SMALL = 4096;

    private final Channel channel;
    private @Nullable ByteBuf staged;
    private @Nullable ByteBuf source;
    private int from;
    private int to;
    private boolean dirty;

    /// The outbox of `channel`.
    public Outbox(Channel channel) {
        this.channel = channel;
    }

    /// Takes a head, with room behind it for a small body.
    ///
    /// @param expected
    ///            bytes of body that are at hand
    public void head(HeadWriter head, int expected) {
        settle();
        ByteBuf buffer = channel.alloc().directBuffer(head.length() + Math.min(expected, SMALL) + 16);
        head.copyTo(buffer);
        staged = buffer;
        dirty = true;
    }

    /// Takes bytes made here.
    public void bytes(byte[] bytes, int start, int length) {
        ByteBuf buffer = staged;
        if (buffer == null || source != null) {
            settle();
            buffer = channel.alloc().directBuffer(Math.max(length, 64));
            staged = buffer;
        }
        buffer.writeBytes(bytes, start, length);
        dirty = true;
    }

    /// Takes a range of a received buffer. The buffer stays the caller's; it is retained here for as long as it takes.
    @SuppressWarnings("ReferenceEquality")
    public void range(ByteBuf in, int start, int length) {
        if (length == 0) {
            return;
        }
        dirty = true;
        ByteBuf buffer = staged;
        if (buffer != null && length <= SMALL && buffer.writableBytes() >= length) {
            buffer.writeBytes(in, start, length);
            return;
        }
        if (source == in && to == start) {
            to += length;
            return;
        }
        settle();
        source = in.retain();
        from = start;
        to = start + length;
    }

    /// Hands everything to the channel, without flushing it. Whoever passed a range calls this before letting its
    /// buffer go.
    public void settle() {
        ByteBuf buffer = staged;
        if (buffer != null) {
            staged = null;
            channel.write(buffer, channel.voidPromise());
        }
        ByteBuf range = source;
        if (range != null) {
            source = null;
            // The reference taken in range() passes to the slice.
            channel.write(range.slice(from, to - from), channel.voidPromise());
        }
    }

    /// Sends everything.
    public void flush() {
        if (dirty) {
            dirty = false;
            settle();
            channel.flush();
        }
    }

    /// Whether more should be given to it.
    public boolean isWritable() {
        return channel.isWritable();
    }

    /// Lets go of what was not sent.
    public void discard() {
        dirty = false;
        if (staged != null) {
            staged.release();
            staged = null;
        }
        if (source != null) {
            source.release();
            source = null;
        }
    }
}
