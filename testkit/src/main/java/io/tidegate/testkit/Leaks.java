package io.tidegate.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// Buffers that were lost without being released, as Netty's leak detector reports them. The detector has to be at
/// `paranoid` (`-Dio.netty.leakDetection.level=paranoid`) to see every one.
public final class Leaks {

    private static final String CANARY = "lost on purpose, number ";
    private static final AtomicInteger CANARIES = new AtomicInteger();
    private static final List<String> REPORTS = new CopyOnWriteArrayList<>();

    static {
        ByteBufUtil.setLeakListener((resource, records) -> REPORTS.add(resource + ": " + records));
    }

    private Leaks() {
    }

    /// Starts to listen; does nothing the second time.
    public static void watch() {
        // Loading the class has done it.
    }

    /// Collects the garbage, waits until the detector has seen all of it, and fails if anything was reported since the
    /// last call.
    ///
    /// @throws AssertionError
    ///             where a buffer was lost, or where the detector sees none, though one was lost on purpose
    public static void check() {
        if (ResourceLeakDetector.getLevel() == ResourceLeakDetector.Level.PARANOID) {
            // What is collected together is reported in any order, so what was lost before the first of these has been
            // reported for certain when the second one, lost after the first was found, is.
            awaitReport();
            awaitReport();
        }
        List<String> reports = new ArrayList<>(REPORTS);
        REPORTS.removeAll(reports);
        reports.removeIf(report -> report.contains(CANARY));
        if (!reports.isEmpty()) {
            throw new AssertionError(reports.size() + " buffers leaked:\n" + String.join("\n", reports));
        }
    }

    private static void awaitReport() {
        String canary = CANARY + CANARIES.incrementAndGet() + '.';
        lose(canary);
        Await.until("a buffer that was lost on purpose to be reported", () -> {
            System.gc();
            // The detector looks at what was collected when it tracks another buffer.
            ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(16);
            buffer.release();
            return REPORTS.stream().anyMatch(report -> report.contains(canary));
        });
    }

    /// Loses a buffer that holds no memory of its own.
    private static void lose(String canary) {
        UnpooledByteBufAllocator.DEFAULT.compositeHeapBuffer(1).touch(canary);
    }
}
