package io.tidegate.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class LeaksTest {

    private static void lose(int buffers) {
        for (int i = 0; i < buffers; i++) {
            // Netty tells of each place once, so each gets a mark of its own.
            UnpooledByteBufAllocator.DEFAULT.compositeHeapBuffer(1).touch("lost buffer " + i);
        }
    }

    @Test
    void tellsOfEveryBufferThatWasLostAndOfEachOnce() {
        lose(25);

        assertThatThrownBy(Leaks::check).isInstanceOf(AssertionError.class).hasMessageStartingWith("25 buffers leaked")
                .hasMessageContaining("lost buffer 0").hasMessageContaining("lost buffer 24");
        assertThatCode(Leaks::check).doesNotThrowAnyException();
    }

    @Test
    void saysNothingOfBuffersThatWereReleasedOrAreHeld() {
        ByteBuf held = PooledByteBufAllocator.DEFAULT.directBuffer(64);
        ByteBuf released = PooledByteBufAllocator.DEFAULT.directBuffer(64);
        released.release();

        assertThatCode(Leaks::check).doesNotThrowAnyException();
        held.release();
    }
}
