package io.tidegate.control;

import io.tidegate.config.ConfigTarget;
import io.tidegate.config.Loaded;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Takes every configuration, unless it is told otherwise, and remembers their hashes.
final class RecordingTarget implements ConfigTarget {

    final List<String> hashes = new CopyOnWriteArrayList<>();
    final AtomicInteger most = new AtomicInteger();
    volatile Function<Loaded.Accepted, @Nullable Result> before = loaded -> null;

    private final AtomicInteger inside = new AtomicInteger();

    @Override
    public Result apply(Loaded.Accepted loaded) {
        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
        try {
            Result other = before.apply(loaded);
            if (other != null) {
                return other;
            }
            hashes.add(loaded.hash());
            return new Result.Applied(hashes.size(), List.of());
        } finally {
            inside.decrementAndGet();
        }
    }
}
