package io.tidegate.control.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SymlinkChainTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @BeforeEach
    void resolve() throws IOException {
        folder = temporary.toRealPath();
    }

    @Test
    void isTheFileAloneWithoutLinks() throws IOException {
        Path file = Files.createFile(folder.resolve("a.yaml"));

        assertThat(SymlinkChain.steps(file)).containsExactly(file);
    }

    @Test
    void followsTheLinksOfAMountedConfigMap() throws IOException {
        Path version = Files.createDirectory(folder.resolve("..2026_11_24"));
        Path real = Files.createFile(version.resolve("a.yaml"));
        Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_11_24"));
        Path file = Files.createSymbolicLink(folder.resolve("a.yaml"), Path.of("..data", "a.yaml"));

        assertThat(SymlinkChain.steps(file)).containsExactly(file, data, real);
    }

    @Test
    void followsLinksUpwardsAndAbsoluteOnes() throws IOException {
        Path real = Files.createFile(folder.resolve("real.yaml"));
        Path below = Files.createDirectories(folder.resolve("x/y"));
        Path up = Files.createSymbolicLink(below.resolve("up.yaml"), Path.of("../../real.yaml"));
        Path absolute = Files.createSymbolicLink(folder.resolve("absolute.yaml"), up);

        assertThat(SymlinkChain.steps(absolute)).containsExactly(absolute, up, real);
    }

    @Test
    void endsWhereSomethingIsMissing() throws IOException {
        Path dangling = Files.createSymbolicLink(folder.resolve("a.yaml"), Path.of("gone/a.yaml"));

        assertThat(SymlinkChain.steps(dangling)).containsExactly(dangling, folder.resolve("gone"));
    }

    @Test
    void endsInACircleOfLinks() throws IOException {
        Path a = folder.resolve("a");
        Path b = folder.resolve("b");
        Files.createSymbolicLink(a, b);
        Files.createSymbolicLink(b, a);

        assertThat(SymlinkChain.steps(a)).containsExactlyInAnyOrder(a, b);
    }
}
