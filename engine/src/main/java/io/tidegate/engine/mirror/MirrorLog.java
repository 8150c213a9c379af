package io.tidegate.engine.mirror;

import io.tidegate.engine.mirror.MirrorReport.Example;
import io.tidegate.engine.mirror.MirrorReport.Latency;
import io.tidegate.engine.mirror.MirrorReport.Side;
import io.tidegate.engine.observe.Histogram;
import io.tidegate.engine.observe.MirrorCells;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// What came of the copies of one route's requests, for those who ask: counts, and the last answers that differ. Lives
/// on over reloads. For any thread.
public final class MirrorLog {

    private static final int LONGEST_REQUEST = 200;
    private static final double NANOS = 1e9;

    private final String upstream;
    private final List<MirrorCells> cells;
    private final Clock clock;
    private final ArrayDeque<Example> examples = new ArrayDeque<>();
    private int most;

    /// One without examples.
    ///
    /// @param upstream
    ///            name of the mirror
    /// @param cells
    ///            of all event loops
    public MirrorLog(String upstream, List<MirrorCells> cells, Clock clock) {
        this.upstream = upstream;
        this.cells = List.copyOf(cells);
        this.clock = clock;
    }

    /// The upstream that it is about.
    public String upstream() {
        return upstream;
    }

    List<MirrorCells> cells() {
        return cells;
    }

    /// Keeps so many examples from now on.
    public synchronized void keep(int number) {
        most = number;
        while (examples.size() > most) {
            examples.removeLast();
        }
    }

    synchronized void differs(String id, String request, Comparison.Outcome outcome, Answer service, Answer mirror) {
        if (most == 0) {
            return;
        }
        String shown = request.length() > LONGEST_REQUEST ? request.substring(0, LONGEST_REQUEST) + "…" : request;
        examples.addFirst(new Example(clock.instant(), id, shown, outcome.result().name().toLowerCase(Locale.ROOT),
                side(service), side(mirror), outcome.differences(), outcome.more()));
        if (examples.size() > most) {
            examples.removeLast();
        }
    }

    private static Side side(Answer answer) {
        return new Side(answer.status(), answer.nanos() / NANOS);
    }

    /// What is known now.
    public synchronized MirrorReport report() {
        return new MirrorReport(upstream, sum(MirrorCells::addResultsTo), sum(MirrorCells::addSkippedTo),
                sum(MirrorCells::addUncomparedTo), sum(MirrorCells::addFaultsTo), latency(MirrorCells::slower),
                latency(MirrorCells::faster), new ArrayList<>(examples));
    }

    private Map<String, Long> sum(BiConsumer<MirrorCells, Map<String, Long>> part) {
        Map<String, Long> totals = new TreeMap<>();
        cells.forEach(each -> part.accept(each, totals));
        return totals;
    }

    private Latency latency(Function<MirrorCells, Histogram> part) {
        long count = 0;
        double sum = 0;
        for (MirrorCells each : cells) {
            count += part.apply(each).count();
            sum += part.apply(each).sumSeconds();
        }
        return new Latency(count, count == 0 ? 0 : sum / count);
    }
}
