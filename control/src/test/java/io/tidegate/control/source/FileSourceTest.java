package io.tidegate.control.source;

import static io.tidegate.control.Eventually.eventually;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.control.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileSourceTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /// What was in the file whenever the source told of a change.
    private final List<String> seen = new CopyOnWriteArrayList<>();

    private @Nullable FileSource source;

    @AfterEach
    void close() {
        if (source != null) {
            source.close();
        }
    }

    /// How a change is noticed: by one way alone, so that each is known to work.
    enum Notice {
        SYSTEM_TELLS, LOOKING
    }

    private FileSource watch(Path root, Path read) {
        return start(new FileSource(root, () -> seen.add(content(read))));
    }

    private void watch(Notice notice, Path root, Path read) {
        Runnable onChange = () -> seen.add(content(read));
        start(switch (notice) {
            case SYSTEM_TELLS -> new FileSource(root, onChange, FolderWatch.open(), Duration.ofDays(1));
            case LOOKING -> new FileSource(root, onChange, FolderWatch.untold(), Duration.ofMillis(20));
        });
    }

    private FileSource start(FileSource started) {
        source = started;
        started.start();
        eventually(() -> seen.size() == 1);
        return started;
    }

    // Whole or not at all, as careful writers do it.
    private void put(Path file, String content) throws IOException {
        Files.move(Files.writeString(folder.resolve(".beside"), content), file, ATOMIC_MOVE);
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsOnceAtTheStartAndOfAPlainEdit(Notice notice) throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), "one");
        watch(notice, file, file);

        Files.writeString(file, "two");
        eventually(() -> seen.contains("two"));

        assertThat(seen).containsExactly("one", "two");
    }

    @ParameterizedTest
    @EnumSource
    void tellsOfAFileRenamedOverIt(Notice notice) throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), "one");
        watch(notice, file, file);

        put(file, "two");
        eventually(() -> seen.contains("two"));

        put(file, "three");
        eventually(() -> seen.contains("three"));
        assertThat(seen).containsExactly("one", "two", "three");
    }

    @ParameterizedTest
    @EnumSource
    void tellsOfAFileDeletedAndWrittenAgain(Notice notice) throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), "one");
        watch(notice, file, file);

        Files.delete(file);
        Files.writeString(file, "two");
        eventually(() -> seen.contains("two"));

        assertThat(seen).containsExactly("one", "two");
    }

    @ParameterizedTest
    @EnumSource
    void tellsOfTheSwapOfAMountedConfigMap(Notice notice) throws IOException {
        Path file = configMap("1", "one");
        watch(notice, file, file);

        swap("2", "two");
        eventually(() -> seen.contains("two"));
        swap("3", "three");
        eventually(() -> seen.contains("three"));

        assertThat(seen).containsExactly("one", "two", "three");
    }

    @ParameterizedTest
    @EnumSource
    void tellsOfTheSwapOfAMountedConfigMapThatIsWatchedAsAFolder(Notice notice) throws IOException {
        Path file = configMap("1", "one");
        watch(notice, folder, file);

        swap("2", "two");
        eventually(() -> seen.contains("two"));

        assertThat(seen).containsExactly("one", "two");
    }

    private Path configMap(String version, String content) throws IOException {
        Files.writeString(Files.createDirectory(folder.resolve(".." + version)).resolve("a.yaml"), content);
        Files.createSymbolicLink(folder.resolve("..data"), Path.of(".." + version));
        return Files.createSymbolicLink(folder.resolve("a.yaml"), Path.of("..data/a.yaml"));
    }

    // As the kubelet does it: a new folder, a new link beside the old one, a rename, and the old folder goes.
    private void swap(String version, String content) throws IOException {
        Path before = folder.resolve("..data").toRealPath();
        Files.writeString(Files.createDirectory(folder.resolve(".." + version)).resolve("a.yaml"), content);
        Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of(".." + version));
        Files.move(folder.resolve("..data_tmp"), folder.resolve("..data"), ATOMIC_MOVE);
        Files.delete(before.resolve("a.yaml"));
        Files.delete(before);
    }

    @Test
    void waitsForAFileThatIsGoneAndSaysSoOnce() throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), "one");
        try (CapturedLog log = new CapturedLog()) {
            FileSource watching = watch(file, file);

            Files.delete(file);
            eventually(watching::missing);
            // Other files of the folder come and go meanwhile, and one that is empty is no configuration either.
            long settled = watching.settled();
            Files.createFile(file);
            eventually(() -> watching.settled() > settled);
            assertThat(watching.missing()).isTrue();
            assertThat(seen).containsExactly("one");

            Files.writeString(file, "two");
            eventually(() -> seen.contains("two"));
            assertThat(watching.missing()).isFalse();
            assertThat(seen).containsExactly("one", "two");
            assertThat(log.lines()).filteredOn(line -> line.contains("is gone or empty")).hasSize(1);
        }
    }

    @Test
    void saysNothingWhenTheSameContentsAreWrittenAgain() throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), "one");
        FileSource watching = watch(file, file);
        eventually(() -> watching.settled() == 1);

        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        put(file, "one");
        eventually(() -> watching.settled() > 1);

        assertThat(seen).containsExactly("one");
    }

    @Test
    void tellsOfAFileThatTheConfigurationRefersTo() throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), "one");
        Path secret = Files.writeString(Files.createDirectory(folder.resolve("secrets")).resolve("key"), "k1");
        FileSource watching = watch(file, secret);

        watching.watch(List.of(file, secret));
        eventually(() -> seen.size() == 2);
        put(secret, "k2");
        eventually(() -> seen.contains("k2"));

        assertThat(seen).containsExactly("k1", "k1", "k2");
    }

    @Test
    void tellsOfFilesThatComeAndGoInAFolder() throws IOException {
        Path first = Files.writeString(folder.resolve("a.yaml"), "one");
        Path second = folder.resolve("b.yaml");
        watch(folder, second);

        put(second, "two");
        eventually(() -> seen.contains("two"));
        Files.delete(first);
        eventually(() -> seen.size() == 3);
        Files.delete(second);
        FileSource watching = Objects.requireNonNull(source);
        eventually(watching::missing);

        assertThat(seen).containsExactly("NoSuchFileException", "two", "two");
    }

    @Test
    void findsAFolderThatIsReplacedAsAWhole() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("conf"));
        Path file = Files.writeString(inner.resolve("a.yaml"), "one");
        watch(file, file);

        Files.move(inner, folder.resolve("old"), ATOMIC_MOVE);
        Files.writeString(Files.createDirectory(inner).resolve("a.yaml"), "two");
        eventually(() -> seen.contains("two"));
        Files.writeString(file, "three");
        eventually(() -> seen.contains("three"));

        assertThat(seen).containsExactly("one", "two", "three");
    }

    @Test
    void endsItsThreadWhenItIsClosed() throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), "one");
        FileSource watching = watch(file, file);

        watching.close();

        eventually(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("config-files")));
    }
}
