package io.tidegate.engine.overload;

import io.netty.util.internal.PlatformDependent;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Arrays;
import java.util.List;

/// How much of the process's memory is in use, as a share of what there is.
///
/// Of the heap, what is live counts: what the last collection of the old generation has left there. How full it is
/// otherwise tells little, since garbage stays until a collection is due. A collector that waits until everything is
/// full tells too late, though: so a collection is asked for where the old generation is full to 85 % and a third of
/// what the last one had made free is used up, or where that one had left so much that it has to be known whether it
/// still lives. They take a twentieth of the time at most. Where none comes, the last one counts less and less: what
/// was live then may be garbage by now.
final class MemorySigns implements Signs {

    private static final long FRESH_NANOS = 5_000_000_000L;
    private static final long STALE_NANOS = 10_000_000_000L;
    private static final long LEAST_BETWEEN_NANOS = 1_000_000_000L;
    /// So many times the length of a collection have to pass until the next one.
    private static final long PART_OF_TIME = 20;
    private static final double FULL = 0.85;

    /// The pools that hold the old generation: those whose use the Java machine lets one set thresholds for.
    private final List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported()
                    && pool.isCollectionUsageThresholdSupported())
            .toList();
    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans().stream()
            .filter(collector -> pools.stream()
                    .anyMatch(pool -> Arrays.asList(collector.getMemoryPoolNames()).contains(pool.getName())))
            .toList();
    private long collections;
    private long collectedAt = System.nanoTime();
    private double left;
    private long betweenNanos = LEAST_BETWEEN_NANOS;

    @Override
    public double heap() {
        notice();
        double used = used(false);
        if (isToBeCollected(left, used, System.nanoTime() - collectedAt)) {
            long begin = System.nanoTime();
            System.gc();
            betweenNanos = Math.max(LEAST_BETWEEN_NANOS, PART_OF_TIME * (System.nanoTime() - begin));
            notice();
            // Where the Java machine was told not to listen, it is not asked again at once.
            collectedAt = System.nanoTime();
            used = used(false);
        }
        return Math.min(used, left * weight(System.nanoTime() - collectedAt));
    }

    private void notice() {
        long count = 0;
        for (GarbageCollectorMXBean collector : collectors) {
            count += collector.getCollectionCount();
        }
        if (count != collections) {
            collections = count;
            collectedAt = System.nanoTime();
            left = used(true);
        }
    }

    /// The fuller one of the pools; with most collectors there is one.
    private double used(boolean afterCollection) {
        double most = 0;
        for (MemoryPoolMXBean pool : pools) {
            MemoryUsage usage = afterCollection ? pool.getCollectionUsage() : pool.getUsage();
            if (usage != null) {
                long max = usage.getMax() > 0 ? usage.getMax() : Runtime.getRuntime().maxMemory();
                most = Math.max(most, (double) usage.getUsed() / max);
            }
        }
        return most;
    }

    /// Whether a collection is to be asked for: not where a collector works beside the gateway, and so tells by itself.
    private boolean isToBeCollected(double before, double now, long ageNanos) {
        return collectors.size() == 1 && ageNanos >= betweenNanos && isDue(before, now, ageNanos);
    }

    /// Whether it is time to learn what is live.
    ///
    /// @param before
    ///            the share that the last collection has left
    /// @param now
    ///            the share that is used
    /// @param ageNanos
    ///            how long that collection lies back
    static boolean isDue(double before, double now, long ageNanos) {
        boolean fills = now - before >= (1 - before) / 3;
        boolean isOld = before >= FULL && ageNanos >= FRESH_NANOS;
        return now >= FULL && (fills || isOld);
    }

    /// How much a collection still counts.
    static double weight(long ageNanos) {
        return 1 - Math.clamp((double) (ageNanos - FRESH_NANOS) / (STALE_NANOS - FRESH_NANOS), 0, 1);
    }

    @Override
    public double buffers() {
        long most = PlatformDependent.maxDirectMemory();
        long used = PlatformDependent.usedDirectMemory();
        return used <= 0 || most <= 0 ? 0 : (double) used / most;
    }
}
