package io.tidegate.engine.worker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// What has come on a connection and is not understood yet, in one buffer, however many pieces it comes in. Whoever
/// adds to it bounds it.
final class Received {

    private @Nullable ByteBuf all;

    /// Takes `in` over.
    ///
    /// @return everything that came so far; it stays here
    ByteBuf add(ByteBufAllocator allocator, ByteBuf in) {
        ByteBuf before = all;
        if (before == null) {
            all = in;
            return in;
        }
        // What comes byte by byte is not kept in as many buffers; the first may be one of few that are lent.
        ByteBuf joined = before;
        if (before.maxFastWritableBytes() < in.readableBytes() || before.refCnt() > 1 || before.isReadOnly()) {
            joined = allocator.buffer(2 * (before.readableBytes() + in.readableBytes()));
            joined.writeBytes(before, before.readerIndex(), before.readableBytes());
            before.release();
        }
        joined.writeBytes(in);
        in.release();
        all = joined;
        return joined;
    }

    /// Gives away everything; null where nothing has come.
    @Nullable
    ByteBuf take() {
        ByteBuf taken = all;
        all = null;
        return taken;
    }

    /// Lets go of everything.
    void drop() {
        ByteBuf dropped = take();
        if (dropped != null) {
            dropped.release();
        }
    }
}
