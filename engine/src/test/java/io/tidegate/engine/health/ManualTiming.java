package io.tidegate.engine.health;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Time that passes when a test says so.
public final class ManualTiming implements Timing {

    private record Later(long at, Runnable action) {
    }

    private final List<Later> waiting = new ArrayList<>();
    /// Near its end, so that it overflows.
    private long now = Long.MAX_VALUE - 1_000_000;

    @Override
    public long now() {
        return now;
    }

    @Override
    public void after(long nanos, Runnable action) {
        waiting.add(new Later(now + nanos, action));
    }

    /// Lets so many milliseconds pass, and what is due happen at its time.
    public void pass(long millis) {
        long end = now + TimeUnit.MILLISECONDS.toNanos(millis);
        while (true) {
            Later next = waiting.stream().filter(later -> later.at() - end <= 0)
                    .min(Comparator.comparingLong(later -> later.at() - end)).orElse(null);
            if (next == null) {
                break;
            }
            waiting.remove(next);
            now = next.at();
            next.action().run();
        }
        now = end;
    }
}
