package io.tidegate.engine.mirror;

import io.tidegate.config.MirrorCompareConfig;
import io.tidegate.config.MirrorConfig;
import io.tidegate.engine.observe.MirrorCells;
import io.tidegate.engine.observe.MirrorCells.Skipped;
import io.tidegate.engine.upstream.Caller;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.wire.Origin;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.worker.Worker;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a route says of its mirror, compiled, and what is under way because of it.
public final class RouteMirror {

    /// Most answers that are compared at a time, on each event loop.
    static final int MOST_COMPARISONS = 32;

    private static final int NO_GRPC = -1;

    private final Upstream upstream;
    private final MirrorConfig config;
    private final Set<String> methods;
    private final double share;
    private final @Nullable CompareRules rules;
    private final MirrorLog log;
    private final List<Lane> lanes = new ArrayList<>();

    /// What one event loop has under way. Touched on that loop only.
    static final class Lane {

        final MirrorCells cells;
        int running;
        int comparing;

        private Lane(MirrorCells cells) {
            this.cells = cells;
        }
    }

    /// A mirror that has no copy yet.
    ///
    /// @param upstream
    ///            that gets the copies
    /// @param log
    ///            keeps what differs
    public RouteMirror(MirrorConfig config, Upstream upstream, MirrorLog log) {
        this.config = config;
        this.upstream = upstream;
        this.log = log;
        this.methods = Set.copyOf(config.methods());
        this.share = config.share().value();
        MirrorCompareConfig compare = config.compare();
        this.rules = compare == null ? null : new CompareRules(compare);
        log.cells().forEach(cells -> lanes.add(new Lane(cells)));
    }

    /// Field that tells the service that it gets a copy.
    public String field() {
        return config.header();
    }

    /// Begins a copy of a request, where it is its turn.
    ///
    /// @return null where there is none
    public @Nullable Mirror begin(Worker worker, String method) {
        if (!methods.contains(method) || (share < 1 && worker.random().nextDouble() >= share)) {
            return null;
        }
        Lane lane = lanes.get(worker.index());
        if (worker.pressure().isRaised()) {
            lane.cells.skipped(Skipped.OVERLOAD);
            return null;
        }
        if (lane.running >= config.maxRunning()) {
            lane.cells.skipped(Skipped.BUSY);
            return null;
        }
        lane.running++;
        return new Mirror(this, lane, worker);
    }

    /// The endpoint that a copy goes to; null where there is none now, or nothing is let through to the mirror.
    @Nullable
    Endpoint target(Worker worker, Origin of) {
        SocketAddress client = of.client();
        return upstream.admits()
                ? upstream.pick(worker, client == null ? Caller.NOBODY : Caller.of(client), null)
                : null;
    }

    /// A copy was answered.
    void answered(Worker worker, Endpoint by, ResponseHead head, long nanos) {
        by.answers(worker, head.status(), nanos);
        by.answered(worker, head.status(), NO_GRPC, nanos);
    }

    MirrorConfig config() {
        return config;
    }

    /// What answers are compared by; null where they are dropped.
    @Nullable
    CompareRules rules() {
        return rules;
    }

    MirrorLog log() {
        return log;
    }
}
