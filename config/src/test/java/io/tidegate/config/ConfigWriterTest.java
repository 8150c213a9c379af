package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigWriterTest {

    private static final Path EVERYTHING = Path.of("src/test/resources/valid/everything.yaml");

    @TempDir
    Path folder;

    private static Loaded.Accepted accepted(Loaded loaded) {
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        return (Loaded.Accepted) loaded;
    }

    private static ConfigLoader loader() {
        return new ConfigLoader(SamplePolicies.plugins(), name -> null);
    }

    @Test
    void writesWhatTheLoaderReadsAgainToTheSame() throws IOException {
        String first = ConfigWriter.json(accepted(loader().load(EVERYTHING)));
        Loaded.Accepted again = accepted(loader().loadText("again.json", first.replace("\"***\"",
                "\"0123456789abcdef-token\"")));
        assertThat(ConfigWriter.json(again)).isEqualTo(first);
        assertThat(again.config().listeners()).isEqualTo(accepted(loader().load(EVERYTHING)).config().listeners());
        assertThat(again.config().upstreams()).isEqualTo(accepted(loader().load(EVERYTHING)).config().upstreams());
    }

    @Test
    void writesWhatTheGoldenFileHolds() throws IOException {
        String json = ConfigWriter.json(accepted(loader().load(EVERYTHING)));
        Path golden = Path.of("src/test/resources/everything.json");
        if (Boolean.getBoolean("golden.rewrite")) {
            Files.writeString(golden, json);
        }
        assertThat(json).isEqualTo(Files.readString(golden));
    }

    @Test
    void writesAConditionAsItsSource() {
        Loaded.Accepted loaded = accepted(loader().loadText("t.yaml", """
                routes:
                  a:
                    policies:
                      - guard: { cel: "route == 'a'", all: ["true"] }
                      - respond: 204
                """));
        assertThat(ConfigWriter.json(loaded)).contains("\"cel\": \"route == 'a'\"");
        Loaded.Accepted again = accepted(loader().loadText("again.json", ConfigWriter.json(loaded)));
        assertThat(again.config().routes().get("a").policies().getFirst().config())
                .isEqualTo(loaded.config().routes().get("a").policies().getFirst().config());
    }

    @Test
    void showsNoSecret() throws IOException {
        String json = ConfigWriter.json(accepted(loader().load(EVERYTHING)));
        assertThat(json).doesNotContain("0123456789abcdef").doesNotContain("a-secret-of-tests").contains("\"***\"");
    }

    @Test
    void showsNothingThatCameFromAFile() throws IOException {
        Files.writeString(folder.resolve("password"), "from-a-file\n");
        Loaded.Accepted loaded = accepted(loader().loadText(folder.resolve("t.yaml").toString(), """
                routes:
                  a:
                    policies:
                      - headers: { request: { set: { authorization: "Basic ${file:password}" } } }
                      - respond: { body: "${file:password}" }
                """));
        assertThat(ConfigWriter.json(loaded)).doesNotContain("from-a-file");
        assertThat(loaded.files()).contains(folder.resolve("password"));
        assertThat(loaded.toString()).doesNotContain("from-a-file");
    }

    @Test
    void writesAPolicyInItsLongForm() {
        Loaded.Accepted loaded = accepted(loader().loadText("t.yaml", """
                routes: { a: { policies: [{ respond: 204, name: x }] } }
                """));
        PolicyConfig policy = loaded.config().routes().values().iterator().next().policies().getFirst();
        assertThat(ConfigWriter.values(policy, Secrets.NONE)).isEqualTo(Map.of("type", "respond", "name", "x",
                "config", Map.of("status", 204, "body", "", "headers", Map.of())));
    }
}
