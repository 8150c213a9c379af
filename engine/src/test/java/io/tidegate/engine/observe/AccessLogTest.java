package io.tidegate.engine.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.ByteSize;
import io.tidegate.config.TelemetryConfig;
import io.tidegate.config.TelemetryConfig.AccessLog.Format;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {

    private static final String BUFFER = "1MiB";

    @TempDir
    private Path folder = Path.of("");

    private final Metrics metrics = new Metrics(2, new Metrics.BuildInfo("test", "nio"));
    private final SampleRecord record = new SampleRecord();

    private static TelemetryConfig.AccessLog config(String to, String buffer) {
        return new TelemetryConfig.AccessLog(to, Format.JSON, ByteSize.parse(buffer));
    }

    private AccessLog open(Path to) {
        return AccessLog.open(config(to.toString(), BUFFER), 2, metrics);
    }

    private AccessLog open(LogDestination to) {
        return AccessLog.open(config("test", "128KiB"), 2, metrics, to, () -> 1_795_521_601_123L);
    }

    private long dropped() {
        return metrics.worker(0).linesDropped() + metrics.worker(1).linesDropped();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("waited for 30 s").isNegative();
            Thread.sleep(5);
        }
    }

    private static List<String> paths(String lines) {
        List<String> paths = new ArrayList<>();
        lines.lines().forEach(line -> paths.add(JsonLines.read(line).getOrDefault("path", "")));
        return paths;
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void writesLinesToAFileThatOnlyOwnerAndGroupCanRead() throws Exception {
        Path file = folder.resolve("access.log");
        try (AccessLog log = open(file)) {
            log.lane(0).log(record.target("/one"));
            log.lane(1).log(record.target("/two"));
        }
        assertThat(paths(Files.readString(file))).containsExactlyInAnyOrder("/one", "/two");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).startsWith("rw-")
                .endsWith("---");
    }

    @Test
    void writesALineWithoutWaitingForMore() throws Exception {
        Path file = folder.resolve("access.log");
        try (AccessLog log = open(file)) {
            log.lane(0).log(record.target("/alone"));
            await(() -> size(file) > 0);
            assertThat(paths(Files.readString(file))).containsExactly("/alone");
        }
    }

    @Test
    void appendsToAFileThatIsThere() throws Exception {
        Path file = folder.resolve("access.log");
        Files.writeString(file, "before\n");
        try (AccessLog log = open(file)) {
            log.lane(0).log(record);
        }
        assertThat(Files.readAllLines(file)).hasSize(2).startsWith("before");
    }

    @Test
    void goesOnInANewFileWhenTheOldOneWasMovedAway() throws Exception {
        Path file = folder.resolve("access.log");
        Path old = folder.resolve("access.log.1");
        try (AccessLog log = open(file)) {
            log.lane(0).log(record.target("/one"));
            await(() -> size(file) > 0);
            Files.move(file, old);
            log.reopen();
            await(() -> Files.exists(file));
            log.lane(0).log(record.target("/two"));
        }
        assertThat(paths(Files.readString(old))).containsExactly("/one");
        assertThat(paths(Files.readString(file))).containsExactly("/two");
    }

    @Test
    void keepsTheOldFileWhenANewOneCannotBeOpened() throws Exception {
        Path inner = Files.createDirectory(folder.resolve("logs"));
        Path file = inner.resolve("access.log");
        Path moved = folder.resolve("moved");
        try (AccessLog log = open(file)) {
            log.lane(0).log(record.target("/one"));
            await(() -> size(file) > 0);
            Files.move(inner, moved);
            log.reopen();
            log.lane(0).log(record.target("/two"));
        }
        assertThat(paths(Files.readString(moved.resolve("access.log")))).containsExactly("/one", "/two");
    }

    @Test
    void refusesAFolderThatIsMissingAndAFileThatIsAFolder() {
        assertThatThrownBy(() -> open(folder.resolve("none/access.log"))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("folder of the access log must exist (was '" + folder.resolve("none"));
        assertThatThrownBy(() -> open(folder)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be a file");
    }

    @Test
    void doesNothingWhereItIsOff() {
        try (AccessLog log = AccessLog.open(config("none", BUFFER), 2, metrics)) {
            assertThat(log.lane(1).isOn()).isFalse();
            log.lane(1).log(record);
            log.reopen();
        }
        assertThat(dropped()).isZero();
    }

    @Test
    void losesAndMixesUpNoLineOfManyWorkers() throws Exception {
        int lines = 20_000;
        Path file = folder.resolve("access.log");
        try (AccessLog log = AccessLog.open(config(file.toString(), "64MiB"), 2, metrics)) {
            List<Thread> loops = new ArrayList<>();
            for (int worker = 0; worker < 2; worker++) {
                AccessLane lane = log.lane(worker);
                String prefix = "/" + worker + "/";
                loops.add(Thread.ofPlatform().start(() -> {
                    SampleRecord own = new SampleRecord();
                    for (int i = 0; i < lines; i++) {
                        lane.log(own.target(prefix + i));
                    }
                }));
            }
            for (Thread loop : loops) {
                loop.join();
            }
            await(() -> {
                try (var all = Files.lines(file)) {
                    return all.count() == 2L * lines;
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        Map<String, Integer> next = new HashMap<>();
        for (String path : paths(Files.readString(file))) {
            String worker = path.substring(0, 3);
            assertThat(path).isEqualTo(worker + next.getOrDefault(worker, 0));
            next.merge(worker, 1, Integer::sum);
        }
        assertThat(next).containsEntry("/0/", lines).containsEntry("/1/", lines);
        assertThat(dropped()).isZero();
    }

    @Test
    void dropsAndCountsWhatAFullDiskLeavesNoRoomForAndRecovers() throws Exception {
        Disk disk = new Disk();
        disk.room = 0;
        int lines = 2000;
        try (AccessLog log = open(disk)) {
            for (int i = 0; i < lines; i++) {
                log.lane(0).log(record.target("/" + i));
            }
            assertThat(dropped()).isPositive();
            await(() -> disk.failures > 0);
            disk.room = Integer.MAX_VALUE;
            await(() -> disk.size > 0);
        }
        List<String> paths = paths(disk.text());
        assertThat(paths).hasSize((int) (lines - dropped()));
        // What is kept is in its order, from the first line on. A chunk that the writer takes meanwhile makes room once more.
        assertThat(paths.getFirst()).isEqualTo("/0");
        assertThat(paths.stream().map(path -> Integer.valueOf(path.substring(1))).toList()).isSorted()
                .doesNotHaveDuplicates();
        assertThat(disk.closed).isTrue();
    }

    @Test
    void takesLinesAgainAfterADiskWasFull() throws Exception {
        Disk disk = new Disk();
        disk.room = 0;
        try (AccessLog log = open(disk)) {
            while (dropped() == 0) {
                log.lane(0).log(record.target("/early"));
            }
            disk.room = Integer.MAX_VALUE;
            await(() -> {
                log.lane(0).log(record.target("/late"));
                return disk.size > 400_000;
            });
        }
        assertThat(paths(disk.text())).contains("/early", "/late");
    }

    @Test
    void writesWholeLinesThoughTheDiskTakesThemInPieces() throws Exception {
        Disk disk = new Disk();
        disk.most = 7;
        try (AccessLog log = open(disk)) {
            for (int i = 0; i < 100; i++) {
                log.lane(i % 2).log(record.target("/" + i));
            }
        }
        assertThat(paths(disk.text())).hasSize(100);
    }

    @Test
    void beginsANewFileWithAWholeLine() throws Exception {
        Disk disk = new Disk();
        disk.room = 50;
        try (AccessLog log = open(disk)) {
            log.lane(0).log(record.target("/one"));
            log.lane(0).log(record.target("/two"));
            // The disk is full in the middle of the first line.
            await(() -> disk.failures > 0);
            log.reopen();
            await(() -> disk.reopened > 0);
            disk.room = Integer.MAX_VALUE;
        }
        assertThat(disk.reopened).isEqualTo(50);
        assertThat(paths(disk.text().substring(50))).containsExactly("/two");
    }

    @Test
    void outlivesWhateverItsDestinationThrows() throws Exception {
        Disk disk = new Disk();
        disk.broken = true;
        try (AccessLog log = open(disk)) {
            log.lane(0).log(record.target("/kept"));
            await(() -> disk.failures > 1);
            disk.broken = false;
            await(() -> disk.size > 0);
        }
        assertThat(paths(disk.text())).containsExactly("/kept");
    }

    @Test
    void givesUpOnADiskThatStaysFullWhenItIsClosed() {
        Disk disk = new Disk();
        disk.room = 0;
        AccessLog log = open(disk);
        for (int i = 0; i < 10; i++) {
            log.lane(0).log(record);
        }
        log.close();
        assertThat(disk.closed).isTrue();
        assertThat(log.lost()).isEqualTo(10);
        log.lane(0).log(record);
        assertThat(dropped()).isEqualTo(1);
    }

    @Test
    void neverHoldsUpALoopThoughNobodyReadsItsPipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        AccessLog log = open(pipe);
        // More than the kernel and the buffer hold; that this ends is the point.
        int lines = 20_000;
        CountDownLatch opened = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Thread reader = Thread.ofPlatform().start(() -> {
            try (InputStream in = Files.newInputStream(pipe)) {
                opened.countDown();
                over.await();
                in.read();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        // The pipe is opened for the first line.
        log.lane(0).log(record);
        assertThat(opened.await(30, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < lines; i++) {
            log.lane(0).log(record);
        }
        assertThat(dropped()).isPositive();
        log.close();
        assertThat(log.lost()).isPositive();
        over.countDown();
        reader.join();
    }

    @Test
    void writesToAPipeThatIsRead() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        StringBuilder text = new StringBuilder();
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                text.append(Files.readString(pipe));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        try (AccessLog log = open(pipe)) {
            log.lane(0).log(record.target("/piped"));
        }
        reader.join();
        assertThat(paths(text.toString())).containsExactly("/piped");
    }

    @Test
    void allocatesNothingPerLine() throws Exception {
        Path file = folder.resolve("access.log");
        try (AccessLog log = AccessLog.open(config(file.toString(), "1MiB"), 1, metrics)) {
            record.target("/orders/17?token=abc&page=2");
            record.userAgent = SampleRecord.bytes("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 é");
            AccessLane lane = log.lane(0);
            // The chunks of the buffer may be made meanwhile, once; a line that needed anything would come to more.
            assertThat(Allocations.of(200_000, () -> lane.log(record))).isLessThan(1_100_000);
        }
    }
}
