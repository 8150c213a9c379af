package io.tidegate.tests.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.control.discovery.KnownSources;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Endpoints in a file, however it is replaced.
@SuppressWarnings("NullAway.Init")
class FileDiscoveryTest extends DiscoveryFixture {

    @TempDir
    private Path folder = Path.of("");
    private Path file = Path.of("");
    private TestUpstream one;
    private TestUpstream two;

    @BeforeEach
    void start() {
        file = folder.resolve("endpoints.yaml");
        one = service("one");
        two = service("two");
    }

    private static String yaml(TestUpstream... services) {
        return "endpoints:\n" + Arrays.stream(services).map(each -> "  - { url: \"" + each.url() + "\", weight: 2 }\n")
                .collect(Collectors.joining());
    }

    private void runFile() {
        run(options -> options.withSources(new KnownSources()), "{ file: \"" + file + "\" }");
    }

    @Test
    void aFileMayBeWrittenOverAndMovedIntoPlace() throws IOException {
        Files.writeString(file, yaml(one));
        runFile();
        assertThat(answering(4)).containsExactly("one");
        Files.writeString(file, yaml(one, two));
        awaitServices("one", "two");
        Path next = Files.writeString(folder.resolve("next"), "{\"endpoints\": [\"" + two.url() + "\"]}");
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        awaitServices("two");
    }

    @Test
    void aLinkOnTheWayMayBeSwapped() throws IOException {
        Files.createDirectory(folder.resolve("a"));
        Files.createDirectory(folder.resolve("b"));
        Files.writeString(folder.resolve("a/endpoints.yaml"), yaml(one));
        Files.writeString(folder.resolve("b/endpoints.yaml"), yaml(two));
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("a"));
        Files.createSymbolicLink(file, Path.of("..data/endpoints.yaml"));
        runFile();
        assertThat(answering(4)).containsExactly("one");
        Path next = Files.createSymbolicLink(folder.resolve("..next"), Path.of("b"));
        Files.move(next, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        awaitServices("two");
    }

    @Test
    void aBadFileChangesNothingAndSaysWhere() throws IOException {
        Files.writeString(file, yaml(one));
        runFile();
        Files.writeString(file, "endpoints:\n  - \"" + two.url() + "\"\n  - { url: 12, wait: 1 }\n");
        Await.until("it to be refused", () -> failures() >= 1);
        assertThat(answering(4)).containsExactly("one");
        assertThat(gateway().engine().found().get("all")).satisfies(
                known -> assertThat(known.failure()).startsWith(file + ":3:"));
        Files.writeString(file, yaml(two));
        awaitServices("two");
    }

    @Test
    void aFileMayComeLater() throws IOException {
        start(options -> options.withSources(new KnownSources()), "{ file: \"" + file + "\" }");
        assertThat(get().status()).isEqualTo(503);
        Files.writeString(file, yaml(one));
        Await.until("the endpoint to be found", () -> get().status() == 200);
    }

    @Test
    void aFileForBytesIsRefusedWhereRequestsAreSent() throws IOException {
        Files.writeString(file, "endpoints: [ \"tcp://127.0.0.1:" + one.port() + "\" ]\n");
        start(options -> options.withSources(new KnownSources()), "{ file: \"" + file + "\" }");
        Await.until("it to be refused", () -> failures() >= 1);
        assertThat(get().status()).isEqualTo(503);
        assertThat(gateway().engine().found().get("all")).satisfies(
                known -> assertThat(known.failure()).contains("its upstream is for HTTP, and tcp://"));
    }
}
