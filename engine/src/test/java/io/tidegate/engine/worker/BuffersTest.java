package io.tidegate.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BuffersTest {

    private final Buffers buffers = new Buffers(300);

    @AfterEach
    void close() {
        buffers.close();
    }

    @Test
    void givesOutWhatWasReleasedLast() {
        ByteBuf first = buffers.take(ByteBufAllocator.DEFAULT);
        ByteBuf second = buffers.take(ByteBufAllocator.DEFAULT);
        long firstAddress = first.memoryAddress();
        long secondAddress = second.memoryAddress();

        first.release();
        second.release();

        ByteBuf again = buffers.take(ByteBufAllocator.DEFAULT);
        assertThat(again.memoryAddress()).isEqualTo(secondAddress);
        ByteBuf more = buffers.take(ByteBufAllocator.DEFAULT);
        assertThat(more.memoryAddress()).isEqualTo(firstAddress);
        again.release();
        more.release();
    }

    @Test
    void givesOutEmptyBuffersOfItsSize() {
        ByteBuf used = buffers.take(ByteBufAllocator.DEFAULT);
        used.writeZero(300).readerIndex(7);
        used.release();

        ByteBuf again = buffers.take(ByteBufAllocator.DEFAULT);

        assertThat(again.refCnt()).isEqualTo(1);
        assertThat(again.readableBytes()).isZero();
        assertThat(again.writableBytes()).isEqualTo(300);
        assertThatThrownBy(() -> again.writeZero(301)).isInstanceOf(IndexOutOfBoundsException.class);
        again.release();
    }

    @Test
    void keepsABufferForAsLongAsASliceOfItIsHeld() {
        ByteBuf buffer = buffers.take(ByteBufAllocator.DEFAULT);
        long address = buffer.memoryAddress();
        ByteBuf slice = buffer.writeZero(10).retainedSlice(2, 4);
        buffer.release();

        ByteBuf other = buffers.take(ByteBufAllocator.DEFAULT);
        assertThat(other.memoryAddress()).isNotEqualTo(address);
        slice.release();

        ByteBuf again = buffers.take(ByteBufAllocator.DEFAULT);
        assertThat(again.memoryAddress()).isEqualTo(address);
        again.release();
        other.release();
    }

    @Test
    void freesWhatIsReleasedOnAnotherThread() throws InterruptedException {
        ByteBuf buffer = buffers.take(ByteBufAllocator.DEFAULT);
        long before = PlatformDependent.usedDirectMemory();
        Thread other = new Thread(buffer::release);
        other.start();
        other.join();

        assertThat(buffer.refCnt()).isZero();
        assertThat(PlatformDependent.usedDirectMemory()).isEqualTo(before - 300);
    }

    @Test
    void freesEverythingOnceItIsClosed() {
        long before = PlatformDependent.usedDirectMemory();
        List<ByteBuf> taken = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            taken.add(buffers.take(ByteBufAllocator.DEFAULT));
        }
        ByteBuf last = taken.removeLast();
        taken.forEach(ByteBuf::release);

        buffers.close();
        last.release();

        assertThat(PlatformDependent.usedDirectMemory()).isEqualTo(before);
    }
}
