package io.tidegate.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.tidegate.testkit.Await;
import java.lang.management.ManagementFactory;

/// What is in use of the memory that buffers come from and, after the garbage was collected, of the heap.
///
/// @param direct
///            bytes of the one
/// @param heap
///            bytes of the other
public record Memory(long direct, long heap) {

    /// The heap is also the test's own and that of the compiler of the machine, which learn all the while.
    private static final long HEAP = 8L << 20;

    /// What is in use now.
    public static Memory now() {
        System.gc();
        System.gc();
        return new Memory(((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory(),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }

    /// Waits until there is no more in use again, where what ends does so in threads of its own.
    ///
    /// @param buffers
    ///            how much more of the memory of buffers may be in use
    public void awaitKept(long buffers) {
        Await.until(() -> "no more memory than " + this + " to be in use; there: " + now(), () -> {
            Memory now = now();
            return now.direct - direct < buffers && now.heap - heap < HEAP;
        });
    }

    /// Checks that there is no more in use now, but for what buffers may take and what is the test's own.
    ///
    /// @param buffers
    ///            how much more of the memory of buffers may be in use
    public void assertKept(long buffers) {
        Memory now = now();
        assertThat(now.direct - direct).as("more memory for buffers than before").isLessThan(buffers);
        assertThat(now.heap - heap).as("more heap than before").isLessThan(HEAP);
    }
}
