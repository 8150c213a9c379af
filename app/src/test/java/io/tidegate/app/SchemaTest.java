package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.tidegate.app.gateway.Configurations;
import io.tidegate.config.PluginLoader;
import io.tidegate.config.SchemaWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// What an editor says by the schema is what the loader says, policies included.
class SchemaTest {

    private final Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SchemaWriter.json(PluginLoader.load()), InputFormat.JSON);

    private List<String> errors(String yaml) {
        return schema.validate(yaml, InputFormat.YAML).stream().map(Error::toString).toList();
    }

    @TestFactory
    Stream<DynamicTest> acceptsEveryExample() throws IOException {
        List<Path> examples;
        try (Stream<Path> files = Files.walk(Path.of("").toAbsolutePath().resolveSibling("examples"))) {
            examples = files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
        assertThat(examples).isNotEmpty();
        return examples.stream().map(file -> DynamicTest.dynamicTest(file.getFileName().toString(),
                () -> assertThat(errors(Files.readString(file))).isEmpty()));
    }

    @Test
    void acceptsTheStarter() {
        assertThat(errors(Configurations.resource("starter.yaml"))).isEmpty();
    }

    @Test
    void refusesAKeyThatAPolicyDoesNotHave() {
        String yaml = "policies:\n  - requestLimits: { %s: 1MiB }\n";

        assertThat(errors(yaml.formatted("maxBody"))).isEmpty();
        assertThat(errors(yaml.formatted("maxBdy"))).isNotEmpty();
    }

    @Test
    void knowsFalseAsTheWordForWhatIsSwitchedOff() {
        String yaml = "policies:\n  - securityHeaders: { frameOptions: %s, strictTransportSecurity: false }\n";

        for (String word : List.of("DENY", "SAMEORIGIN", "false", "\"${FRAMES}\"")) {
            assertThat(errors(yaml.formatted(word))).as(word).isEmpty();
        }
        for (String word : List.of("deny", "true", "\"false\"")) {
            assertThat(errors(yaml.formatted(word))).as(word).isNotEmpty();
        }
    }
}
