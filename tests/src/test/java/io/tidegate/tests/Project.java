package io.tidegate.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Where the project's files are.
public final class Project {

    /// Modules with code of the product.
    public static final List<String> MODULES = List.of("api", "config", "engine", "expressions", "policies", "identity",
            "control", "acme", "redis", "app", "testkit");

    private Project() {
    }

    /// The folder that holds the modules.
    public static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("engine")) || !Files.isDirectory(folder.resolve("api"))) {
            Path parent = folder.getParent();
            if (parent == null) {
                throw new IllegalStateException("no project around " + Path.of("").toAbsolutePath());
            }
            folder = parent;
        }
        return folder;
    }

    /// All files below a folder with this ending, in the order of their paths; none where there is no such folder.
    public static List<Path> files(Path folder, String ending) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending) && !file.toString().contains("/target/"))
                    .sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The text of a file.
    public static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
