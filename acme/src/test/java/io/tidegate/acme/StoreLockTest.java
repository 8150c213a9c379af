package io.tidegate.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreLockTest {

    private static final Duration LEASE = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private final AtomicLong nanos = new AtomicLong();

    private StoreLock lock() {
        return new StoreLock(folder, LEASE, nanos::get);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void onlyOneHasItUntilItIsGivenBack() throws IOException {
        StoreLock one = lock();
        StoreLock two = lock();
        try (StoreLock.Held held = Objects.requireNonNull(one.take())) {
            assertThat(two.take()).isNull();
            assertThat(one.take()).isNull();
            assertThat(held.beat()).isTrue();
        }
        try (StoreLock.Held held = Objects.requireNonNull(two.take())) {
            assertThat(held.beat()).isTrue();
            assertThat(one.take()).isNull();
        }
    }

    @Test
    void oneThatIsHeardOfKeepsItHoweverLong() throws IOException {
        StoreLock two = lock();
        try (StoreLock.Held held = Objects.requireNonNull(lock().take())) {
            for (int i = 0; i < 10; i++) {
                assertThat(two.take()).isNull();
                pass(LEASE.minusSeconds(1));
                assertThat(held.beat()).isTrue();
            }
        }
    }

    @Test
    void oneThatIsNotHeardOfForALeaseLosesItAndFindsOut() throws IOException {
        StoreLock two = lock();
        StoreLock.Held lost = Objects.requireNonNull(lock().take());
        // However long ago it was written, it is watched for a lease first: clocks may differ.
        pass(LEASE.multipliedBy(5));
        assertThat(two.take()).isNull();
        pass(LEASE.minusSeconds(1));
        assertThat(two.take()).isNull();
        pass(Duration.ofSeconds(1));
        StoreLock.Held held = Objects.requireNonNull(two.take());

        assertThat(lost.beat()).isFalse();
        // What it gives back is not the lock any more.
        lost.close();
        assertThat(held.beat()).isTrue();
        assertThat(lock().take()).isNull();
        held.close();
    }

    @Test
    void oldLocksAreClearedAway() throws IOException {
        StoreLock lock = lock();
        for (int i = 0; i < 20; i++) {
            Objects.requireNonNull(lock.take()).close();
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.count()).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void noTwoOfManyEverHaveIt() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger taken = new AtomicInteger();
        int wanted = 100;
        List<Callable<Void>> takers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            StoreLock own = lock();
            takers.add(() -> {
                while (taken.get() < wanted) {
                    StoreLock.Held held = own.take();
                    if (held != null) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        assertThat(held.beat()).isTrue();
                        taken.incrementAndGet();
                        inside.decrementAndGet();
                        held.close();
                    }
                }
                return null;
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(takers.size())) {
            for (Future<Void> taker : threads.invokeAll(takers)) {
                taker.get();
            }
        }
        assertThat(taken.get()).isGreaterThanOrEqualTo(wanted);
        assertThat(most.get()).isEqualTo(1);
    }

    /// Another process takes the lock, says so, and holds it until its input ends or it is killed.
    static final class Holder {

        private Holder() {
        }

        public static void main(String[] arguments) throws IOException {
            StoreLock.Held held = Objects.requireNonNull(
                    new StoreLock(Path.of(arguments[0]), LEASE, System::nanoTime).take());
            System.out.println("held");
            while (System.in.read() >= 0) {
                if (!held.beat()) {
                    throw new IllegalStateException("lost");
                }
            }
            held.close();
        }
    }

    private Process holder() throws IOException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-Xmx64m",
                "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), Holder.class.getName(),
                folder.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        assertThat(new String(process.getInputStream().readNBytes(4), java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("held");
        return process;
    }

    @Test
    void itIsHeldAgainstOtherProcessesAndFreeAtOnceWhenTheyHaveEnded() throws Exception {
        StoreLock own = lock();
        Process process = holder();
        try {
            assertThat(own.take()).isNull();
            process.getOutputStream().close();
            assertThat(process.waitFor()).isZero();
            close(own.take());

            process = holder();
            assertThat(own.take()).isNull();
            // Nothing is given back, and no time passes: it is seen that the process is gone.
            process.destroyForcibly().waitFor();
            close(own.take());
        } finally {
            process.destroyForcibly();
        }
    }

    private static void close(StoreLock.@Nullable Held held) {
        try {
            Objects.requireNonNull(held, "the lock").close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
