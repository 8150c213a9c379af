package io.tidegate.control;

import static io.tidegate.control.Configs.accepted;
import static io.tidegate.control.Configs.admin;
import static io.tidegate.control.Configs.error;
import static io.tidegate.control.Configs.rejected;
import static io.tidegate.control.Configs.warning;
import static io.tidegate.control.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.config.ConfigTarget.Result;
import io.tidegate.config.Loaded;
import io.tidegate.control.Status.Counts;
import io.tidegate.control.Status.Last;
import io.tidegate.control.Status.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReconcilerTest {

    private static final Instant NOW = Instant.parse("2026-11-24T08:00:00Z");

    private final RecordingTarget target = new RecordingTarget();
    private final List<List<Path>> watched = new CopyOnWriteArrayList<>();
    private final AtomicInteger loads = new AtomicInteger();
    private final CapturedLog log = new CapturedLog();
    private volatile Loaded next = accepted(admin(null), "a", Path.of("/a"));
    private final Reconciler reconciler = new Reconciler(this::load, target, watched::add, InstantSource.fixed(NOW));

    private Loaded load() {
        loads.incrementAndGet();
        return next;
    }

    @BeforeEach
    void start() {
        reconciler.start();
    }

    @AfterEach
    void close() {
        reconciler.close();
        log.close();
    }

    private Last last() {
        return Objects.requireNonNull(reconciler.status().last());
    }

    @Test
    void appliesWhatIsLoadedAndTellsWhichFilesToWatch() {
        ReloadResult result = reconciler.reload("SIGHUP").join();

        assertThat(result).isEqualTo(new ReloadResult.Applied(1, "a", true, List.of(), List.of()));
        assertThat(reconciler.status()).isEqualTo(new Status(1, "a", List.of(),
                new Last(State.APPLIED, NOW, "SIGHUP", List.of()), new Counts(1, 0, 0)));
        assertThat(watched).containsExactly(List.of(Path.of("/a")));
        assertThat(reconciler.running()).isSameAs(next);
    }

    @Test
    void keepsTheRunningOneWhenTheNextIsRejected() {
        reconciler.reload("SIGHUP").join();
        Loaded first = next;
        next = rejected("no upstream is named 'ordres'", Path.of("/b"));

        ReloadResult result = reconciler.reload("SIGHUP").join();

        assertThat(result).isEqualTo(new ReloadResult.Rejected(List.of(error("no upstream is named 'ordres'"))));
        assertThat(target.hashes).containsExactly("a");
        assertThat(reconciler.running()).isSameAs(first);
        assertThat(reconciler.status().revision()).isEqualTo(1);
        assertThat(reconciler.status().hash()).isEqualTo("a");
        assertThat(reconciler.status().counts()).isEqualTo(new Counts(1, 0, 1));
        assertThat(last().state()).isEqualTo(State.REJECTED);
        // What the running one was read from is watched on: half of the next could not be read.
        assertThat(watched.getLast()).containsExactly(Path.of("/b"), Path.of("/a"));
    }

    @Test
    void recoversWhenTheFileIsAgainWhatRuns() {
        reconciler.reload("SIGHUP").join();
        Loaded first = next;
        next = rejected("bad");
        reconciler.filesChanged().join();
        assertThat(reconciler.status().rejected()).isTrue();
        next = first;

        reconciler.filesChanged().join();

        assertThat(reconciler.status().rejected()).isFalse();
        assertThat(reconciler.status().revision()).isEqualTo(1);
        assertThat(target.hashes).containsExactly("a");
    }

    @Test
    void leavesNoTraceWhenFilesChangedToTheSame() {
        reconciler.reload("SIGHUP").join();
        Status before = reconciler.status();

        ReloadResult result = reconciler.filesChanged().join();

        assertThat(result).isEqualTo(new ReloadResult.Applied(1, "a", false, List.of(), List.of()));
        assertThat(reconciler.status()).isSameAs(before);
        assertThat(target.hashes).containsExactly("a");
    }

    @Test
    void tellsWhoAsksThatNothingHasChanged() {
        reconciler.reload("SIGHUP").join();

        reconciler.reload("again").join();

        assertThat(reconciler.status().counts()).isEqualTo(new Counts(1, 1, 0));
        assertThat(last().reason()).isEqualTo("again");
        assertThat(target.hashes).containsExactly("a");
    }

    @Test
    void keepsTheRunningOneWhenTheTargetRefuses() {
        reconciler.reload("SIGHUP").join();
        next = accepted(admin(null), "b");
        target.before = loaded -> new Result.Refused(List.of(error("the address is in use")));

        assertThat(reconciler.reload("SIGHUP").join()).isInstanceOf(ReloadResult.Rejected.class);
        assertThat(reconciler.status().hash()).isEqualTo("a");
        assertThat(last().problems()).containsExactly(error("the address is in use"));

        target.before = loaded -> null;
        assertThat(reconciler.reload("SIGHUP").join()).isInstanceOf(ReloadResult.Applied.class);
        assertThat(reconciler.status().hash()).isEqualTo("b");
    }

    /// Throws what is checked where no signature says so, as Netty does.
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneaky(Throwable thrown) throws E {
        throw (E) thrown;
    }

    @Test
    void rejectsWhatATargetFailsOnWhateverItThrows() {
        for (Throwable thrown : List.of(new IOException("secret detail"), new StackOverflowError("secret detail"))) {
            target.before = loaded -> {
                throw ReconcilerTest.<RuntimeException>sneaky(thrown);
            };

            ReloadResult result = reconciler.reload("SIGHUP").join();

            assertThat(result).isInstanceOf(ReloadResult.Rejected.class);
            assertThat(last().state()).isEqualTo(State.REJECTED);
            assertThat(last().problems()).hasToString("[could not be put in place ("
                    + thrown.getClass().getSimpleName() + "; the log says more)]");
        }
        target.before = loaded -> null;
        assertThat(reconciler.reload("SIGHUP").join()).isInstanceOf(ReloadResult.Applied.class);
        assertThat(reconciler.status().counts()).isEqualTo(new Counts(1, 0, 2));
    }

    @Test
    void rejectsWhatALoaderFailsOnWhateverItThrows() {
        Reconciler throwing = new Reconciler(() -> {
            throw ReconcilerTest.<RuntimeException>sneaky(new IOException("secret detail"));
        }, target, watched::add, InstantSource.system());
        throwing.start();

        assertThat(throwing.reload("SIGHUP").join().toString()).contains("could not be loaded (IOException;");
        assertThat(throwing.reload("SIGHUP").join()).isInstanceOf(ReloadResult.Rejected.class);
        throwing.close();
    }

    @Test
    void survivesALoaderAndATargetThatThrow() {
        target.before = loaded -> {
            throw new IllegalStateException("secret detail");
        };
        assertThat(reconciler.reload("SIGHUP").join()).isInstanceOf(ReloadResult.Rejected.class);
        assertThat(last().problems().toString()).contains("IllegalStateException").doesNotContain("secret detail");
        target.before = loaded -> null;
        Reconciler throwing = new Reconciler(() -> {
            throw new IllegalArgumentException("secret detail");
        }, target, watched::add, InstantSource.system());
        throwing.start();

        assertThat(throwing.reload("SIGHUP").join().toString()).contains("IllegalArgumentException")
                .doesNotContain("secret detail");
        throwing.close();

        assertThat(reconciler.reload("SIGHUP").join()).isInstanceOf(ReloadResult.Applied.class);
    }

    @Test
    void logsEachProblemOnceForAsLongAsItLasts() {
        next = rejected("first\nERROR forged \u001b[31m");
        reconciler.reload("SIGHUP").join();
        reconciler.reload("SIGHUP").join();
        reconciler.filesChanged().join();

        assertThat(log.lines()).filteredOn(line -> line.contains("first")).containsExactly(
                "SEVERE tidegate.yaml:3:7 routes.orders.upstream: first\\x0AERROR forged \\x1B[31m");
        assertThat(log.lines()).filteredOn(line -> line.contains("configuration rejected")).hasSize(1);

        next = new Loaded.Rejected(List.of(error("second"), warning("doubtful")), List.of());
        reconciler.reload("SIGHUP").join();
        next = rejected("second");
        reconciler.reload("SIGHUP").join();

        assertThat(log.lines()).filteredOn(line -> line.contains("second")).hasSize(1);
        assertThat(log.lines()).filteredOn(line -> line.startsWith("WARNING") && line.contains("doubtful")).hasSize(1);
    }

    @Test
    void warnsOfWhatWaitsForARestart() {
        target.before = loaded -> new Result.Applied(4, List.of("gateway.workers"));

        assertThat(reconciler.reload("SIGHUP").join())
                .isEqualTo(new ReloadResult.Applied(4, "a", true, List.of(), List.of("gateway.workers")));
        assertThat(reconciler.status().waitsForRestart()).containsExactly("gateway.workers");
        assertThat(log.lines()).contains("WARNING gateway.workers is changed by a restart only");
    }

    @Test
    void servesAllThatWaitWithOneLoadThatBeginsAfterTheLastOfThem() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        target.before = loaded -> {
            inside.countDown();
            await(goOn);
            return null;
        };
        CompletableFuture<ReloadResult> first = reconciler.reload("one");
        inside.await();
        List<CompletableFuture<ReloadResult>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            next = accepted(admin(null), "b" + i);
            waiting.add(reconciler.reload("many"));
        }
        goOn.countDown();

        assertThat(((ReloadResult.Applied) first.join()).hash()).isEqualTo("a");
        for (CompletableFuture<ReloadResult> each : waiting) {
            assertThat(((ReloadResult.Applied) each.join()).hash()).isEqualTo("b49");
        }
        assertThat(loads).hasValue(2);
        assertThat(target.hashes).containsExactly("a", "b49");
    }

    @Test
    void endsWithTheLastOfManyAtOnceAndAppliesOneAtATime() throws Exception {
        AtomicInteger version = new AtomicInteger();
        Reconciler busy = new Reconciler(() -> accepted(admin(null), "v" + version.get()), target, files -> {},
                InstantSource.system());
        busy.start();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 200; i++) {
                    version.incrementAndGet();
                    busy.reload("load");
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        ReloadResult.Applied end = (ReloadResult.Applied) busy.reload("last").join();

        assertThat(end.hash()).isEqualTo("v1600");
        assertThat(target.hashes.getLast()).isEqualTo("v1600");
        assertThat(target.most).hasValue(1);
        busy.close();
    }

    @Test
    void refusesRequestsOnceItIsClosed() {
        reconciler.close();

        CompletableFuture<ReloadResult> late = reconciler.reload("SIGHUP");

        eventually(late::isDone);
        assertThatThrownBy(late::get).isInstanceOf(ExecutionException.class).hasMessageContaining("being stopped");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
