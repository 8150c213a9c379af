package io.tidegate.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Buffers that were lost without being released, as Netty's leak detector reports them. The detector has to be at
/// `paranoid` (`-Dio.netty.leakDetection.level=paranoid`) to see every one.
public final class Leaks {

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

    /// Collects the garbage, lets the detector look, and fails if anything was reported since the last call.
    public static void check() {
        System.gc();
        for (int i = 0; i < 4; i++) {
            // The detector reports what was collected when it tracks another buffer.
            ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(16);
            buffer.release();
        }
        if (!REPORTS.isEmpty()) {
            List<String> reports = new ArrayList<>(REPORTS);
            REPORTS.clear();
            throw new AssertionError(reports.size() + " buffers leaked:\n" + String.join("\n", reports));
        }
    }
}
