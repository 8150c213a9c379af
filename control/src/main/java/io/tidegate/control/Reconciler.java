package io.tidegate.control;

import io.tidegate.config.ConfigTarget;
import io.tidegate.config.ConfigTarget.Result;
import io.tidegate.config.Loaded;
import io.tidegate.config.Place;
import io.tidegate.config.Problem;
import io.tidegate.config.Problem.Severity;
import io.tidegate.control.Status.Counts;
import io.tidegate.control.Status.Last;
import io.tidegate.control.Status.State;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads configurations and puts them in place, one at a time, on one virtual thread.
///
/// Whoever wants one loaded leaves a request; all that wait when the thread comes round are served by one load, which
/// begins after the last of them. So of many changes at once the last is what runs in the end, and nobody is told of a
/// load that began before he asked.
///
/// A configuration that can't be used leaves the running one alone.
final class Reconciler implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    private final Supplier<Loaded> loader;
    private final ConfigTarget target;
    private final Consumer<List<Path>> watched;
    private final InstantSource clock;
    private final ProblemLog problems = new ProblemLog();
    private final LinkedBlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private final Thread thread;

    /// Whether the first configuration is put in place, by who says himself what is wrong with it. Touched by
    /// the thread.
    private boolean starting;
    private volatile Status status = Status.NONE;
    private volatile Loaded.@Nullable Accepted running;
    private volatile boolean closed;

    /// Starts the thread.
    ///
    /// @param loader
    ///            reads a configuration; may block
    /// @param target
    ///            what runs it
    /// @param watched
    ///            is told the files of each one that was read
    Reconciler(Supplier<Loaded> loader, ConfigTarget target, Consumer<List<Path>> watched, InstantSource clock) {
        this.loader = loader;
        this.target = target;
        this.watched = watched;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("reconciler").unstarted(this::run);
    }

    /// Begins to serve requests.
    void start() {
        thread.start();
    }

    /// A wish for a configuration.
    ///
    /// @param reason
    ///            who wishes, for the log
    /// @param quiet
    ///            whether nothing is told of it if nothing has changed
    /// @param loaded
    ///            what was loaded for it already; null to load it
    private record Request(String reason, boolean quiet, @Nullable Loaded loaded,
            CompletableFuture<ReloadResult> result) {
    }

    /// Puts in place what was loaded already.
    CompletableFuture<ReloadResult> apply(Loaded loaded, String reason) {
        return request(new Request(reason, false, loaded, new CompletableFuture<>()));
    }

    /// Loads, because somebody asked for it.
    CompletableFuture<ReloadResult> reload(String reason) {
        return request(new Request(reason, false, null, new CompletableFuture<>()));
    }

    /// Loads, because files may have changed. If they have not, no trace is left.
    CompletableFuture<ReloadResult> filesChanged() {
        return request(new Request("the files changed", true, null, new CompletableFuture<>()));
    }

    private CompletableFuture<ReloadResult> request(Request request) {
        requests.add(request);
        // If the thread has ended in between, nobody else would take it out again.
        if (closed && requests.remove(request)) {
            refuse(request);
        }
        return request.result;
    }

    /// Which configuration runs, and what came of the last one.
    Status status() {
        return status;
    }

    /// The running configuration; null before the first.
    Loaded.@Nullable Accepted running() {
        return running;
    }

    private void run() {
        List<Request> batch = new ArrayList<>();
        while (!closed) {
            try {
                batch.clear();
                batch.add(requests.take());
            } catch (InterruptedException e) {
                LOG.debug("interrupted by nobody known; going on");
                continue;
            }
            requests.drainTo(batch);
            if (closed) {
                requests.addAll(batch);
            } else {
                serve(batch);
            }
        }
        refuseAll();
    }

    private void serve(List<Request> batch) {
        ReloadResult result;
        try {
            String reason = batch.stream().map(Request::reason).distinct().collect(Collectors.joining(", "));
            boolean quiet = batch.stream().allMatch(Request::quiet);
            Loaded given = batch.getLast().loaded;
            starting = given != null && status.revision() == 0;
            result = reconcile(given == null ? load() : given, reason, quiet);
        } catch (Throwable e) {
            // The thread outlives whatever comes, or no configuration would be put in place any more.
            LOG.error("reloading failed", e);
            batch.forEach(request -> request.result.completeExceptionally(e));
            return;
        }
        batch.forEach(request -> request.result.complete(result));
    }

    private Loaded load() {
        try {
            return loader.get();
        } catch (Throwable e) {
            LOG.error("the configuration could not be loaded", e);
            return new Loaded.Rejected(List.of(failure("could not be loaded", e)), List.of());
        }
    }

    private ReloadResult reconcile(Loaded loaded, String reason, boolean quiet) {
        return switch (loaded) {
            case Loaded.Rejected rejected -> {
                // What it refers to may be unknown, as half of it could not be read: the rest is watched as before.
                List<Path> files = new ArrayList<>(rejected.files());
                Loaded.Accepted before = running;
                if (before != null) {
                    files.addAll(before.files());
                }
                watched.accept(files);
                yield rejected(rejected.problems(), reason, quiet);
            }
            case Loaded.Accepted accepted -> {
                watched.accept(accepted.files());
                Loaded.Accepted before = running;
                yield before != null && before.hash().equals(accepted.hash())
                        ? unchanged(accepted, reason, quiet)
                        : apply(accepted, reason, quiet);
            }
        };
    }

    private ReloadResult apply(Loaded.Accepted accepted, String reason, boolean quiet) {
        Result result;
        try {
            result = target.apply(accepted);
        } catch (Throwable e) {
            // Also a checked one that no signature tells of, as Netty throws them; and an error, after which what ran
            // before goes on running all the same.
            LOG.error("the configuration could not be put in place", e);
            result = new Result.Refused(List.of(failure("could not be put in place", e)));
        }
        return switch (result) {
            case Result.Refused refused -> {
                // Unlike the loader, the target does not know what is secret in the values that it complains of.
                List<Problem> all = new ArrayList<>();
                refused.problems().forEach(problem -> all.add(new Problem(problem.severity(), problem.place(),
                        problem.path(), accepted.secrets().hide(problem.message()))));
                all.addAll(accepted.warnings());
                yield rejected(all, reason, quiet);
            }
            case Result.Applied applied -> {
                running = accepted;
                Counts counts = status.counts();
                status = new Status(applied.revision(), accepted.hash(), applied.waitsForRestart(),
                        new Last(State.APPLIED, clock.instant(), reason, accepted.warnings()),
                        new Counts(counts.applied() + 1, counts.unchanged(), counts.rejected()));
                problems.write(accepted.warnings());
                LOG.info("configuration applied: revision {} ({})", applied.revision(), ProblemLog.oneLine(reason));
                applied.waitsForRestart().forEach(what -> LOG.warn("{} is changed by a restart only", what));
                yield new ReloadResult.Applied(applied.revision(), accepted.hash(), true, accepted.warnings(),
                        applied.waitsForRestart());
            }
        };
    }

    private ReloadResult unchanged(Loaded.Accepted accepted, String reason, boolean quiet) {
        Status before = status;
        if (!quiet || before.rejected()) {
            Counts counts = before.counts();
            status = new Status(before.revision(), before.hash(), before.waitsForRestart(),
                    new Last(State.APPLIED, clock.instant(), reason, accepted.warnings()),
                    new Counts(counts.applied(), counts.unchanged() + 1, counts.rejected()));
            problems.write(accepted.warnings());
            LOG.info("the configuration is the one that runs: revision {} ({})", before.revision(),
                    ProblemLog.oneLine(reason));
        }
        return new ReloadResult.Applied(before.revision(), before.hash(), false, accepted.warnings(),
                before.waitsForRestart());
    }

    private ReloadResult rejected(List<Problem> found, String reason, boolean quiet) {
        Status before = status;
        boolean same = before.last() != null && before.rejected() && before.last().problems().equals(found);
        if (!quiet || !same) {
            Counts counts = before.counts();
            status = new Status(before.revision(), before.hash(), before.waitsForRestart(),
                    new Last(State.REJECTED, clock.instant(), reason, List.copyOf(found)),
                    new Counts(counts.applied(), counts.unchanged(), counts.rejected() + 1));
            if (!same && !starting) {
                problems.write(found);
                LOG.error("configuration rejected ({}); {}", ProblemLog.oneLine(reason), before.revision() == 0
                        ? "there is none to run"
                        : "revision " + before.revision() + " goes on running");
            }
        }
        return new ReloadResult.Rejected(List.copyOf(found));
    }

    // What the exception says may come from anywhere; the log has it, others are told its kind.
    private static Problem failure(String what, Throwable e) {
        return new Problem(Severity.ERROR, Place.NOWHERE, "",
                what + " (" + e.getClass().getSimpleName() + "; the log says more)");
    }

    private void refuseAll() {
        for (Request request = requests.poll(); request != null; request = requests.poll()) {
            refuse(request);
        }
    }

    private static void refuse(Request request) {
        request.result.completeExceptionally(new IllegalStateException("the gateway is being stopped"));
    }

    /// Stops. A configuration that is being put in place is so to its end.
    @Override
    public void close() {
        closed = true;
        // Wakes the thread, without an interrupt: that would close whatever file is being read.
        requests.add(new Request("close", true, null, new CompletableFuture<>()));
    }
}
