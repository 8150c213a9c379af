package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is read without a parser is what the parser reads.
class YamlReaderTest {

    private static final String CHARACTERS = "aZn09./-%:_{}[] '\"#~&*!|>@,?+=\n\u00e9";

    private static @Nullable Node parsed(String text) {
        Secrets.Collector secrets = new Secrets.Collector();
        Node.Fields holder = YamlReader.read("", Path.of(""), "value: " + text,
                new Substitution(name -> null, secrets), new ProblemList(secrets), "value");
        Node.Entry entry = holder == null || holder.entries().size() > 1 ? null : holder.entries().get("value");
        return entry == null ? null : entry.value();
    }

    private static String told(@Nullable Node node) {
        return switch (node) {
            case Node.Scalar scalar -> scalar.kind() + " " + scalar.text();
            case Node.Items items -> "list of " + items.items().size();
            case Node.Fields fields -> "map of " + fields.entries().size();
            case null -> "nothing";
        };
    }

    @Test
    void readsMostDefaultsWithoutAParser() {
        for (String text : new String[]{"{}", "[]", "10s", "1.5", "0", "true", "50%", "a/b-c", "127.0.0.1:9901",
            "https://a.test/b", "/metrics", "null", "0x1f", "2.", "1e3", "urn:a:b"}) {
            assertThat(told(YamlReader.simple(text))).as(text).isEqualTo(told(parsed(text))).isNotEqualTo("nothing");
        }
    }

    @Test
    void leavesEverythingElseToIt() {
        for (String text : new String[]{"", " ", "a: b", "a:", "[a]", "'a'", "a #b", "-", "- a", "-1", "~", "${A}",
            "&a b", "*a", "a b", "%a", ".5", "a\nb", "!a b", "{a: b}", "+1"}) {
            assertThat(YamlReader.simple(text)).as(text).isNull();
        }
    }

    @Test
    void agreesWithItOnWhateverItReads() {
        Random random = new Random(42);
        int simple = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            // Mostly of the first ten, of which plain scalars are made.
            for (int length = 1 + random.nextInt(7); length > 0; length--) {
                text.append(CHARACTERS.charAt(random.nextInt(random.nextInt(6) == 0 ? CHARACTERS.length() : 10)));
            }
            Node node = YamlReader.simple(text.toString());
            if (node != null) {
                simple++;
                assertThat(told(node)).as(text.toString()).isEqualTo(told(parsed(text.toString())));
            }
        }
        assertThat(simple).as("texts that were compared").isGreaterThan(3000);
    }
}
