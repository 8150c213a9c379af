package io.tidegate.engine.worker;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import org.jspecify.annotations.Nullable;

/// Direct buffers of one size for one event loop, last used first: with a thousand connections, what an allocator gives
/// out is what was used longest ago, and the processor has lost sight of it.
///
/// A buffer comes back by being released on that loop; one released elsewhere is freed.
final class Buffers implements AutoCloseable {

    /// Most bytes that are kept unused.
    private static final int KEPT = 4 << 20;

    /// Whether this Java lets Netty reach memory by `sun.misc.Unsafe`, which the buffers here are made for.
    private static final boolean REUSABLE = isUnsafe();

    private final int size;
    private final @Nullable Reusable[] free;
    private @Nullable Thread owner;
    private int count;
    private boolean closed;

    /// Buffers of `size` bytes, for the loop that first takes one.
    Buffers(int size) {
        this.size = size;
        this.free = new @Nullable Reusable[KEPT / size];
    }

    private static boolean isUnsafe() {
        ByteBuf trial = UnpooledByteBufAllocator.DEFAULT.directBuffer(1, 1);
        try {
            ByteBuf inner = trial.unwrap();
            return (inner == null ? trial : inner) instanceof UnpooledUnsafeDirectByteBuf;
        } finally {
            trial.release();
        }
    }

    /// An empty buffer, which does not grow.
    ///
    /// @param otherwise
    ///            what it is taken from where Java does not let buffers be reused
    ByteBuf take(ByteBufAllocator otherwise) {
        if (!REUSABLE) {
            return otherwise.directBuffer(size, size);
        }
        if (owner == null) {
            owner = Thread.currentThread();
        }
        assert owner == Thread.currentThread() : "buffers of another loop";
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
        if (closed || Thread.currentThread() != owner || count == free.length) {
            return false;
        }
        free[count++] = buffer;
        return true;
    }
}
