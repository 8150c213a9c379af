package io.tidegate.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.tests.Project;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What can be read off the source files.
class SourceTest {

    private static final int LINES = 400;
    private static final int HARD_LIMIT = 600;

    /// Files that may be longer than [#LINES], and why.
    private static final Map<String, String> LONGER = Map.of(
            "Fault.java", "the list of every error, two constants a screen",
            "HttpExchange.java", "the one path of a request, to be read top to bottom");

    private static List<Path> sources() {
        List<Path> files = new ArrayList<>();
        for (String module : Project.MODULES) {
            files.addAll(Project.files(Project.root().resolve(module).resolve("src/main/java"), ".java"));
        }
        assertThat(files).hasSizeGreaterThan(100);
        return files;
    }

    private static String show(Path file) {
        return Project.root().relativize(file).toString();
    }

    @Test
    void filesAreShortEnoughToBeReadAtOnce() {
        List<String> tooLong = new ArrayList<>();
        for (Path file : sources()) {
            long lines = Project.read(file).lines().count();
            boolean excepted = LONGER.containsKey(file.getFileName().toString());
            if (lines > HARD_LIMIT || (lines > LINES && !excepted)) {
                tooLong.add(show(file) + ": " + lines);
            }
        }
        assertThat(tooLong).as("files above %s lines", LINES).isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIsAndIsNullMarked() {
        List<String> without = new ArrayList<>();
        for (Path file : sources()) {
            Path info = file.resolveSibling("package-info.java");
            if (!java.nio.file.Files.exists(info) || !Project.read(info).contains("@NullMarked")
                    || !Project.read(info).startsWith("///")) {
                without.add(show(info));
            }
        }
        assertThat(without).isEmpty();
    }

    @Test
    void everyTypeSaysWhatItIs() {
        List<String> without = new ArrayList<>();
        for (Path file : sources()) {
            List<String> lines = Project.read(file).lines().toList();
            for (int i = 1; i < lines.size(); i++) {
                if (lines.get(i).matches(
                        "(public )?((final|sealed|non-sealed|abstract) )*(class|interface|record|enum|@interface) .*")) {
                    int above = i - 1;
                    while (above > 0 && lines.get(above).startsWith("@")) {
                        above--;
                    }
                    if (!lines.get(above).startsWith("///")) {
                        without.add(show(file) + ":" + (i + 1));
                    }
                }
            }
        }
        assertThat(without).isEmpty();
    }

    @Test
    void nothingIsLeftForLater() {
        List<String> found = new ArrayList<>();
        for (Path file : sources()) {
            if (Project.read(file).matches("(?s).*\\b(TODO|FIXME|XXX|HACK)\\b.*")) {
                found.add(show(file));
            }
        }
        assertThat(found).isEmpty();
    }
}
