package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every message of the loader, as data: a file in `problems/` holds cases, each a configuration and the exact list of
/// problems. `-Dgolden.rewrite=true` writes what the loader says now; the difference is then read by a person.
final class GoldenProblemsTest {

    private static final Path FOLDER = Path.of("src/test/resources/problems");
    private static final String CASE = "=== ";
    private static final String EXPECTED = "--->";

    /// A case of a file.
    private record Case(String name, String yaml, List<String> expected) {
    }

    @TempDir
    Path folder;

    private static List<Case> read(Path file) throws IOException {
        List<Case> cases = new ArrayList<>();
        for (String part : Files.readString(file).split("(?m)^" + CASE, -1)) {
            if (part.isBlank()) {
                continue;
            }
            int endOfName = part.indexOf('\n');
            int arrow = part.indexOf(EXPECTED + "\n");
            cases.add(new Case(part.substring(0, endOfName), part.substring(endOfName + 1, arrow),
                    part.substring(arrow + EXPECTED.length() + 1).lines().filter(line -> !line.isEmpty()).toList()));
        }
        return cases;
    }

    private List<String> problems(String yaml) throws IOException {
        Files.writeString(folder.resolve("secret.txt"), "hunter2-hunter2-hunter2\n");
        Map<String, String> environment = Map.of("PORT", "8080", "EMPTY", "", "WORD", "abc", "TRICK",
                "{ injected: true }");
        ConfigLoader loader = new ConfigLoader(SamplePolicies.plugins(), environment::get);
        String text = yaml.replace("<TAB>", "\t").replace("<BELL>", "\u0007").replace("<FOLDER>", folder.toString());
        Loaded loaded = loader.loadText("t.yaml", text);
        List<Problem> problems = switch (loaded) {
            case Loaded.Accepted accepted -> accepted.warnings();
            case Loaded.Rejected rejected -> rejected.problems();
        };
        List<String> lines = new ArrayList<>();
        for (Problem problem : problems) {
            lines.add((problem.severity() == Problem.Severity.WARNING ? "warning: " : "")
                    + problem.toString().replace(folder.toString(), "<FOLDER>"));
        }
        if (loaded instanceof Loaded.Accepted) {
            lines.add("accepted");
        }
        return lines;
    }

    @TestFactory
    Stream<DynamicTest> saysExactlyThis() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.sorted().toList()) {
                for (Case one : read(file)) {
                    tests.add(DynamicTest.dynamicTest(file.getFileName() + ": " + one.name(),
                            () -> assertThat(problems(one.yaml())).isEqualTo(one.expected())));
                }
            }
        }
        if (Boolean.getBoolean("golden.rewrite")) {
            rewrite();
        }
        return tests.stream();
    }

    @Test
    void hasManyCases() throws IOException {
        int cases = 0;
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.toList()) {
                cases += read(file).size();
            }
        }
        assertThat(cases).isGreaterThan(60);
    }

    private void rewrite() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.toList()) {
                StringBuilder text = new StringBuilder();
                for (Case one : read(file)) {
                    text.append(CASE).append(one.name()).append('\n').append(one.yaml()).append(EXPECTED).append('\n');
                    problems(one.yaml()).forEach(line -> text.append(line).append('\n'));
                    text.append('\n');
                }
                Files.writeString(file, text);
            }
        }
    }
}
