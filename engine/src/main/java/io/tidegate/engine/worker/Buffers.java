package io.tidegate.engine.worker;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import org.jspecify.annotations.Nullable;

/// Direct buffers of one size for one event loop, last used first: with a thousand connections, what an allocator gives
/// out is what was used longest ago, and the processor has lost sight of it.
///
/// A buffer comes back by being released on that loop; one released elsewhere is freed.
final class Buffers implements AutoCloseable {

    /// Most buffers that are kept.
    private static final int KEPT = 256;

    /// Whether this Java lets Netty reach memory directly; if not, its own buffers are used.
    private static final boolean REUSABLE = hasMemoryAddress();

    private final int size;
    private final @Nullable Reusable[] free = new @Nullable Reusable[KEPT];
    private @Nullable Thread owner;
    private int count;
    private boolean closed;

    /// Buffers of `size` bytes, for the loop that first takes one.
    Buffers(int size) {
        this.size = size;
    }

    private static boolean hasMemoryAddress() {
        ByteBuf trial = UnpooledByteBufAllocator.DEFAULT.directBuffer(1, 1);
        try {
            return trial.hasMemoryAddress();
        } finally {
            trial.release();
        }
    }

    /// An empty buffer.
    ByteBuf take() {
        if (!REUSABLE) {
            return UnpooledByteBufAllocator.DEFAULT.directBuffer(size, size);
        }
        if (owner == null) {
            owner = Thread.currentThread();
        }
        Reusable buffer = count == 0 ? null : free[--count];
        if (buffer == null) {
            return Watched.watch(new Reusable(this));
        }
        free[count] = null;
        buffer.renew();
        return Watched.watch(buffer);
    }

    /// Frees what is kept; what is still in use is freed when it is released. On the loop, or after its end.
    @Override
    public void close() {
        closed = true;
        while (count > 0) {
            Reusable buffer = free[--count];
            free[count] = null;
            if (buffer != null) {
                buffer.drop();
            }
        }
    }

    /// Access to Netty's leak detection.
    private abstract static class Watched extends AbstractByteBufAllocator {

        static ByteBuf watch(ByteBuf buffer) {
            return toLeakAwareBuffer(buffer);
        }
    }

    private static final class Reusable extends UnpooledUnsafeDirectByteBuf {

        private final Buffers home;

        Reusable(Buffers home) {
            super(UnpooledByteBufAllocator.DEFAULT, home.size, home.size);
            this.home = home;
        }

        void renew() {
            resetRefCnt();
            clear();
        }

        void drop() {
            super.deallocate();
        }

        @Override
        protected void deallocate() {
            if (!home.keep(this)) {
                super.deallocate();
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // this thread
    private boolean keep(Reusable buffer) {
        if (closed || Thread.currentThread() != owner || count == KEPT) {
            return false;
        }
        free[count++] = buffer;
        return true;
    }
}
