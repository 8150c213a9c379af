package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Good configurations made bad in every way that comes to mind: each is refused with a place, or is wholly valid.
@SuppressWarnings("StringConcatToTextBlock") // lines of YAML put together by a program
final class MutantsTest {

    private static final long SEED = 20_261_124;
    private static final String[] VALUES = {"null", "~", "[]", "{}", "-1", "99999999999", "true", "\"\"", "a: b",
        "*x", "&x y", "!!str z", "'", "\"", "{", "[", "- - -", "|", ">", "%", "@", "`", "${NOPE}",
        "${file:/nonexistent/secret}", "0s", "5", "1.5", "unlimited", "0%", "https://a", "http://169.254.169.254",
        "/a(", "\u0000", "\uFEFF", "\uD800", "😀", "yes", "0x10", "[[[[[[]]]]]]"};

    @TempDir
    Path folder;

    private static String good() throws IOException {
        return Files.readString(Path.of("src/test/resources/valid/everything.yaml"));
    }

    private static List<BiFunction<String, Random, String>> mutations() {
        List<BiFunction<String, Random, String>> all = new ArrayList<>();
        all.add((text, random) -> lines(text, random, (lines, i) -> lines.remove((int) i)));
        all.add((text, random) -> lines(text, random, (lines, i) -> {
            lines.add(i, lines.get(i));
        }));
        all.add((text, random) -> lines(text, random, (lines, i) -> lines.set(i, " " + lines.get(i))));
        all.add((text, random) -> lines(text, random, (lines, i) -> lines.set(i, "\t" + lines.get(i))));
        all.add((text, random) -> lines(text, random, (lines, i) -> lines.set(i, lines.get(i).replaceFirst(":", ""))));
        all.add((text, random) -> lines(text, random, (lines, i) -> lines.set(i,
                lines.get(i).replaceFirst(": .*",
                        Matcher.quoteReplacement(": " + VALUES[random.nextInt(VALUES.length)])))));
        all.add((text, random) -> lines(text, random, (lines, i) -> lines.set(i,
                lines.get(i).replaceFirst("([a-z])([a-z])", "$2$1"))));
        all.add((text, random) -> lines(text, random, (lines, i) -> lines.set(i,
                lines.get(i).replaceAll("[0-9]+", Integer.toString(random.nextInt(3) - 1)))));
        all.add((text, random) -> {
            int at = random.nextInt(text.length());
            return text.substring(0, at) + (char) random.nextInt(0x3000) + text.substring(at + 1);
        });
        all.add((text, random) -> text.substring(0, random.nextInt(text.length())));
        all.add((text, random) -> text + text.substring(random.nextInt(text.length())));
        all.add((text, random) -> text.replaceFirst("orders", "ordres"));
        all.add((text, random) -> text.replace("[a-z]+", "[a-z" + "(".repeat(random.nextInt(3))));
        all.add((text, random) -> text.replace("  health:",
                "  twin: { match: [{ path: /health }], policies: [{ respond:"
                        + " 204 }], public: true }\n  health:"));
        all.add((text, random) -> text.replace("${SECRET:-", "${file:/nonexistent/" + random.nextInt() + "}${A:-"));
        return all;
    }

    private static String lines(String text, Random random, BiConsumer<List<String>, Integer> change) {
        List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
        change.accept(lines, 1 + random.nextInt(lines.size() - 2));
        return String.join("\n", lines);
    }

    private static ConfigLoader loader() {
        return new ConfigLoader(SamplePolicies.plugins(), name -> null);
    }

    /// Whether it was refused; either way it is checked to the end.
    private static boolean refused(Loaded loaded, String text) {
        switch (loaded) {
            case Loaded.Rejected rejected -> {
                assertThat(rejected.problems()).as(text)
                        .anyMatch(problem -> problem.severity() == Problem.Severity.ERROR);
                assertThat(rejected.problems()).as(text).allSatisfy(problem -> {
                    assertThat(problem.message()).isNotBlank();
                    assertThat(problem.place().file()).isNotEmpty();
                    boolean whole = problem.message().startsWith("is empty")
                            || problem.message().startsWith("is larger");
                    assertThat(problem.place().line() > 0 || whole).as(problem.toString()).isTrue();
                });
                return true;
            }
            case Loaded.Accepted accepted -> {
                GatewayConfig config = accepted.config();
                EffectivePolicies.Resolver resolver = new EffectivePolicies.Resolver(config);
                config.routes().values().forEach(route -> {
                    assertThat(resolver.of(route).steps()).as(text).allMatch(step -> step.config() != null);
                    assertThat(route.upstream() == null || config.upstreams().containsKey(route.upstream())).isTrue();
                });
                String json = ConfigWriter.json(accepted).replace("\"***\"", "\"0123456789abcdef\"");
                assertThat(loader().loadText("again.json", json)).as(json).isInstanceOf(Loaded.Accepted.class);
                return false;
            }
        }
    }

    @Test
    void refusesEachOfFiveHundredMutantsOrTakesItWhole() throws IOException {
        Random random = new Random(SEED);
        String good = good();
        List<BiFunction<String, Random, String>> mutations = mutations();
        int refused = 0;
        for (int i = 0; i < 500; i++) {
            String mutant = mutations.get(i % mutations.size()).apply(good, random);
            if (refused(loader().loadText("src/test/resources/valid/mutant.yaml", mutant), mutant)) {
                refused++;
            }
        }
        assertThat(refused).isBetween(250, 499);
    }

    @Test
    void neverThrowsWhateverTheTextIs() throws IOException {
        Random random = new Random(SEED);
        String[] words = (good() + " \n  \n    \n: - { } [ ] , & * ! | > ' \" % @ ` # ? << ${A} ${file:x} \t --- ...")
                .split("(?<=[ \n:,])", -1);
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(60);
            for (int j = 0; j < length; j++) {
                text.append(random.nextInt(4) == 0
                        ? VALUES[random.nextInt(VALUES.length)]
                        : words[random.nextInt(words.length)]);
            }
            refused(loader().loadText("random.yaml", text.toString()), text.toString());
        }
    }

    @Test
    void neverThrowsWhateverTheBytesAre() throws IOException {
        Random random = new Random(SEED);
        byte[] good = good().getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve("bytes.yaml");
        for (int i = 0; i < 300; i++) {
            byte[] bytes = i % 2 == 0 ? new byte[random.nextInt(200)] : good.clone();
            if (i % 2 == 0) {
                random.nextBytes(bytes);
            } else {
                for (int j = 0; j < 3; j++) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
            Files.write(file, bytes);
            refused(loader().load(file), "bytes " + i);
        }
    }
}
