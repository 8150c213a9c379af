package io.tidegate.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails every test class of this module in which a buffer was lost. The test kit has the same for modules above this
/// one. Netty's detector has to be at `paranoid`.
public final class LeakExtension implements BeforeAllCallback, AfterAllCallback {

    private static final String CANARY = "lost on purpose, number ";
    private static final long GUARD_NANOS = 30_000_000_000L;
    private static final AtomicInteger CANARIES = new AtomicInteger();
    private static final List<String> REPORTS = new CopyOnWriteArrayList<>();

    static {
        ByteBufUtil.setLeakListener((resource, records) -> REPORTS.add(resource + ": " + records));
    }

    /// Made by JUnit.
    public LeakExtension() {
        // Nothing is kept from class to class.
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        // Loading the class has set the listener.
    }

    @Override
    public void afterAll(ExtensionContext context) {
        // What is collected together is reported in any order; see the test kit's Leaks.
        awaitReport();
        awaitReport();
        List<String> reports = new ArrayList<>(REPORTS);
        REPORTS.removeAll(reports);
        reports.removeIf(report -> report.contains(CANARY));
        if (!reports.isEmpty()) {
            throw new AssertionError(reports.size() + " buffers leaked:\n" + String.join("\n", reports));
        }
    }

    private static void awaitReport() {
        String canary = CANARY + CANARIES.incrementAndGet() + '.';
        UnpooledByteBufAllocator.DEFAULT.compositeHeapBuffer(1).touch(canary);
        long end = System.nanoTime() + GUARD_NANOS;
        while (REPORTS.stream().noneMatch(report -> report.contains(canary))) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("the leak detector does not report a buffer that was lost on purpose");
            }
            System.gc();
            // The detector looks at what was collected when it tracks another buffer.
            ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(16);
            buffer.release();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
