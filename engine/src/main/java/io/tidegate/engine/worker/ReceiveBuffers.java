package io.tidegate.engine.worker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;

/// Lets channels receive into [Buffers] of their event loop.
final class ReceiveBuffers extends DefaultMaxMessagesRecvByteBufAllocator {

    private static final FastThreadLocal<Buffers> OF_THIS_LOOP = new FastThreadLocal<>() {
        @Override
        protected void onRemoval(Buffers buffers) {
            buffers.close();
        }
    };

    private final int size;

    ReceiveBuffers(int size) {
        this.size = size;
    }

    private Buffers buffers() {
        Buffers here = OF_THIS_LOOP.get();
        if (here == null) {
            here = new Buffers(size);
            OF_THIS_LOOP.set(here);
        }
        return here;
    }

    @Override
    @SuppressWarnings("deprecation") // Netty has no other
    public Handle newHandle() {
        Buffers here = buffers();
        return new MaxMessageHandle() {

            @Override
            public ByteBuf allocate(ByteBufAllocator alloc) {
                return here.take(alloc);
            }

            @Override
            public int guess() {
                return size;
            }
        };
    }
}
