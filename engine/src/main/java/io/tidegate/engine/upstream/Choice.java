package io.tidegate.engine.upstream;

import io.tidegate.config.RequestKeyConfig;
import io.tidegate.engine.balance.KeyHash;
import io.tidegate.engine.observe.BalanceCells;
import io.tidegate.engine.worker.Worker;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The endpoints of an upstream that are used now, and who chooses among them. Immutable but for whose turn it is: made
/// anew by [Choosing] when other ones are used, which is rare, so that a request reads one field.
final class Choice {

    private final Endpoint[] used;
    private final Endpoint[] trials;
    private final Group near;
    private final @Nullable Group far;
    private final double nearShare;
    private final @Nullable RequestKeyConfig key;
    private final @Nullable StickySessions sessions;
    /// The used ones in the order of their tags, where clients are kept with endpoints.
    private final Endpoint[] byTag;
    private final List<BalanceCells> cells;

    /// @param near
    ///            those that are preferred, all of them where none is
    /// @param far
    ///            the others; null where there are none
    /// @param nearShare
    ///            of the requests that go to those that are preferred, 0 to 1
    /// @param key
    ///            of requests that belong together; null for none
    /// @param sessions
    ///            keep clients with endpoints; null where nobody does
    /// @param cells
    ///            by worker, count
    Choice(Endpoint[] used, Endpoint[] trials, Group near, @Nullable Group far, double nearShare,
            @Nullable RequestKeyConfig key, @Nullable StickySessions sessions, List<BalanceCells> cells) {
        this.used = used;
        this.trials = trials;
        this.near = near;
        this.far = far;
        this.nearShare = nearShare;
        this.key = key;
        this.sessions = sessions;
        this.byTag = sessions == null ? new Endpoint[0] : used.clone();
        this.cells = cells;
        Arrays.sort(byTag, Comparator.comparingLong(Endpoint::sessionTag));
    }

    /// Those that are used.
    Endpoint[] used() {
        return used;
    }

    /// Those that are tried now and then, where none is used.
    Endpoint[] trials() {
        return trials;
    }

    /// Chooses one, another than `before` where another is used. There is one that is.
    Endpoint pick(Worker worker, Caller caller, @Nullable Endpoint before) {
        if (sessions != null && before == null) {
            Endpoint kept = tagged(caller.session(sessions));
            if (kept != null) {
                return kept;
            }
        }
        if (used.length == 1) {
            return used[0];
        }
        long hash = key == null ? 0 : caller.hash(key);
        Group others = far;
        Endpoint chosen = others == null ? near.pick(worker, hash, before) : nearOrFar(others, worker, hash, before);
        if (key != null && before == null && others == null && near.isPassed(hash, chosen)) {
            cells.get(worker.index()).passed();
        }
        return chosen;
    }

    @SuppressWarnings("ReferenceEquality") // this endpoint, not an equal one
    private Endpoint nearOrFar(Group others, Worker worker, long hash, @Nullable Endpoint before) {
        // A key has its side, so that it keeps its endpoint.
        boolean stays = nearShare >= 1 || (hash == 0
                ? worker.random().nextDouble() < nearShare
                : KeyHash.isWithin(hash, nearShare));
        if (stays) {
            Endpoint chosen = near.pick(worker, hash, before);
            if (chosen != before && !chosen.isFull()) {
                return chosen;
            }
        }
        Endpoint chosen = others.pick(worker, hash, before);
        if (chosen == before) {
            return near.pick(worker, hash, before);
        }
        cells.get(worker.index()).spilled();
        return chosen;
    }

    /// The endpoint of a tag, where it is used.
    private @Nullable Endpoint tagged(long tag) {
        if (tag == 0) {
            return null;
        }
        int low = 0;
        int high = byTag.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = byTag[middle].sessionTag();
            if (found == tag) {
                return byTag[middle];
            }
            if (found < tag) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }
}
