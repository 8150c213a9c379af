package io.tidegate.engine.observe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/// The series of one kind of thing (routes, endpoints, policies): for each name, the cells of every event loop.
///
/// Bounded: a name that comes when the table is full shares one series, [Metrics#OTHER], with all others of its fate.
/// What a reload takes away stays readable for [#GRACE_NANOS], so that a scrape still sees its last counts, and is then
/// dropped; named again within that time it goes on counting.
///
/// @param <C>
///            the cells of one event loop
final class SeriesTable<C> {

    /// How long a series outlives its thing: ten minutes.
    static final long GRACE_NANOS = 600_000_000_000L;

    /// One name and its cells.
    ///
    /// @param labels
    ///            as a scrape writes them, escaped
    /// @param cells
    ///            by the index of the worker
    /// @param end
    ///            when it was taken away
    record Series<C>(String labels, List<C> cells, End end) {
    }

    /// Since when a series has no thing any more.
    static final class End {
        private volatile boolean gone;
        private volatile long since;
    }

    private final ConcurrentSkipListMap<String, Series<C>> series = new ConcurrentSkipListMap<>();
    private final int workers;
    private final int limit;
    private final Supplier<C> maker;
    private final Series<C> other;
    private volatile boolean overflowed;
    /// Counted here, since the map would count its entries one by one.
    private int size;

    SeriesTable(int workers, int limit, String otherLabels, Supplier<C> maker) {
        this.workers = workers;
        this.limit = limit;
        this.maker = maker;
        this.other = make(otherLabels);
    }

    private Series<C> make(String labels) {
        List<C> cells = new ArrayList<>(workers);
        for (int i = 0; i < workers; i++) {
            cells.add(maker.get());
        }
        return new Series<>(labels, List.copyOf(cells), new End());
    }

    /// The cells of one event loop for `key`.
    synchronized C cells(int worker, String key, Supplier<String> labels) {
        Series<C> found = series.get(key);
        if (found == null) {
            if (size >= limit) {
                overflowed = true;
                return other.cells.get(worker);
            }
            found = make(labels.get());
            series.put(key, found);
            size++;
        }
        found.end.gone = false;
        return found.cells.get(worker);
    }

    /// Takes away every series whose key is not among `live`, and those for good whose time is over.
    void retain(Set<String> live, long now) {
        retain("", live, now);
    }

    /// The same among those whose key begins so.
    synchronized void retain(String prefix, Set<String> live, long now) {
        series.forEach((key, each) -> {
            if (!key.startsWith(prefix)) {
                return;
            }
            if (live.contains(key)) {
                each.end.gone = false;
            } else if (!each.end.gone) {
                each.end.since = now;
                each.end.gone = true;
            }
        });
        prune(now);
    }

    /// Drops what was taken away long enough ago.
    synchronized void prune(long now) {
        series.values().removeIf(each -> {
            boolean over = each.end.gone && now - each.end.since >= GRACE_NANOS;
            if (over) {
                size--;
            }
            return over;
        });
    }

    /// All series, in the order of their keys; the shared one last, where it is used.
    Collection<Series<C>> all() {
        if (!overflowed) {
            return series.values();
        }
        List<Series<C>> all = new ArrayList<>(series.values());
        all.add(other);
        return all;
    }
}
