package io.tidegate.engine.worker;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.tidegate.engine.wire.HeadWriter;
import org.jspecify.annotations.Nullable;

/// What goes out on one connection in one turn of the loop: neighbouring ranges of a received buffer become one range,
/// small bodies go with their heads, and all of it is flushed once.
public final class Outbox implements Delivery {

    private static final int SMALL = Worker.COPIED_AT_ONCE;
    private static final int COPIED = 2048;

    private final Channel channel;
    private final Worker worker;
    private final byte[] copies;
    private @Nullable ByteBuf staged;
    private @Nullable ByteBuf source;
    private int from;
    private int to;
    private boolean dirty;
    private long total;

    /// The outbox of `channel`, a connection of `worker`.
    public Outbox(Channel channel, Worker worker) {
        this.channel = channel;
        this.worker = worker;
        this.copies = worker.copies();
    }

    /// Takes a head, with room behind it for a small body.
    ///
    /// @param expected
    ///            bytes of body that are at hand
    public void head(HeadWriter head, int expected) {
        head.copyTo(room(head.length() + Math.min(expected, SMALL) + 16));
        dirty = true;
    }

    /// Takes bytes made here.
    public void bytes(byte[] bytes, int start, int length) {
        room(length).writeBytes(bytes, start, length);
        dirty = true;
    }

    /// The buffer that goes out next, with room for so many more bytes.
    private ByteBuf room(int bytes) {
        ByteBuf buffer = staged;
        if (buffer == null || source != null || buffer.writableBytes() < bytes) {
            settle();
            buffer = allocate(bytes);
            staged = buffer;
        }
        return buffer;
    }

    /// Where something waits already, a buffer may be held for long: it is no larger than it has to be.
    private ByteBuf allocate(int bytes) {
        return isDelivered() ? worker.sendingBuffer(channel.alloc(), bytes) : channel.alloc().directBuffer(bytes);
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
            copy(in, start, length, buffer);
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

    /// Copies by way of an array: from buffer to buffer, Netty makes an object that stands for the range.
    private void copy(ByteBuf in, int start, int length, ByteBuf out) {
        in.getBytes(start, copies, 0, length);
        out.writeBytes(copies, 0, length);
    }

    private void settle() {
        ByteBuf buffer = staged;
        if (buffer != null) {
            staged = null;
            total += buffer.readableBytes();
            channel.write(buffer, channel.voidPromise());
        }
        ByteBuf range = source;
        if (range != null) {
            source = null;
            int length = to - from;
            total += length;
            if (length <= COPIED) {
                // Cheaper than an object that stands for the range, and the buffer goes back at once.
                ByteBuf out = allocate(length);
                copy(range, from, length, out);
                channel.write(out, channel.voidPromise());
            } else {
                channel.write(range.retainedSlice(from, length), channel.voidPromise());
            }
            range.release();
        }
    }

    /// Sends everything.
    ///
    /// @return whether there was anything to send
    public boolean flush() {
        if (!dirty) {
            return false;
        }
        dirty = false;
        settle();
        channel.flush();
        return true;
    }

    @Override
    public long delivered() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        // A write counts as pending until all of it is taken, however large it is.
        return waiting == null ? total : total - waiting.totalPendingWriteBytes() + waiting.currentProgress();
    }

    @Override
    public boolean isDelivered() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting == null || waiting.isEmpty();
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
