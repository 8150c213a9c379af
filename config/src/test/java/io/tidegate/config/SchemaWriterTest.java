package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SchemaWriterTest {

    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final Schema schema = registry.getSchema(SchemaWriter.json(SamplePolicies.plugins()), InputFormat.JSON);

    private List<String> errors(String yaml) {
        return schema.validate(yaml, InputFormat.YAML).stream().map(Error::toString).toList();
    }

    @Test
    void isASchema() {
        Schema meta = registry.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        assertThat(meta.validate(SchemaWriter.json(SamplePolicies.plugins()), InputFormat.JSON)).isEmpty();
        assertThat(meta.validate("{\"type\": 5}", InputFormat.JSON)).isNotEmpty();
    }

    @TestFactory
    Stream<DynamicTest> acceptsEveryExample() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path folder : List.of(Path.of("src/test/resources/valid"), Path.of("../examples"))) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.walk(folder)) {
                    for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                        // Examples may use policies that are not here; only their own module can judge those.
                        String yaml = Files.readString(file);
                        if (folder.endsWith("valid") || !yaml.contains("policies:")) {
                            tests.add(DynamicTest.dynamicTest(file.toString(),
                                    () -> assertThat(errors(yaml)).isEmpty()));
                        }
                    }
                }
            }
        }
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> acceptsWhatTheLoaderAccepts() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/problems"))) {
            for (Path file : files.sorted().toList()) {
                for (String part : Files.readString(file).split("(?m)^=== ", -1)) {
                    // The validator's reader of YAML follows no aliases.
                    if (part.contains("\naccepted\n") && !part.startsWith("an alias")) {
                        String yaml = part.substring(part.indexOf('\n') + 1, part.indexOf("--->"));
                        tests.add(DynamicTest.dynamicTest(part.substring(0, part.indexOf('\n')),
                                () -> assertThat(errors(yaml)).isEmpty()));
                    }
                }
            }
        }
        assertThat(tests).hasSizeGreaterThan(20);
        return tests.stream();
    }

    @Test
    void acceptsWhatTheWriterWrites() {
        Loaded loaded = new ConfigLoader(SamplePolicies.plugins(), name -> null)
                .load(Path.of("src/test/resources/valid/everything.yaml"));
        assertThat(errors(ConfigWriter.json((Loaded.Accepted) loaded))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.3", "'1.3'", "\"1.2\""})
    void acceptsAVersionWithQuotesAndWithout(String version) {
        String yaml = "upstreams: { a: { endpoints: ['https://a'], tls: { minVersion: " + version + " } } }";
        assertThat(new ConfigLoader(SamplePolicies.plugins(), name -> null).loadText("t.yaml", yaml))
                .isInstanceOf(Loaded.Accepted.class);
        assertThat(errors(yaml)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "listners: {}",
        "version: 2",
        "version: '1'",
        "upstreams: { a: { endpoints: [{}] } }",
        "upstreams: { a: { discovery: { consul: {} } } }",
        "upstreams: { A: { endpoints: ['http://a'] } }",
        "upstreams: { a: { endpoints: [{ url: 'http://a', weight: 1001 }] } }",
        "upstreams: { a: { endpoints: ['http://a'], loadBalancing: fastest } }",
        "gateway: { drain: 30 }",
        "gateway: { drain: 1m30s }",
        "gateway: { workers: true }",
        "telemetry: { accessLog: { buffer: 16MB } }",
        "routes: { a: { policies: [{ cros: {} }] } }",
        "routes: { a: { policies: [{ cors: {}, headers: {} }] } }",
        "routes: { a: { policies: [{ cors: true }] } }",
        "routes: { a: { policies: [{ cors: { maxAge: 5 } }] } }",
        "routes: { a: { policies: [{ type: cors, config: { maxAge: 5 } }] } }",
        "routes: { a: { policies: [{ use: 5 }] } }",
        "routes: { a: { policies: [{ cors: {}, mode: watch }] } }",
        "routes: { a: { policies: [{ headers: { request: { remove: [X_A] } } }] } }",
        "routes: { a: { policies: [{ frames: { who: 'false' } }] } }",
        "routes: { a: { policies: [{ frames: { who: true } }] } }",
        "routes: { a: { policies: [{ quota: {} }] } }"})
    void refusesWhatTheLoaderRefuses(String yaml) {
        Loaded loaded = new ConfigLoader(SamplePolicies.plugins(), name -> null).loadText("t.yaml", yaml);
        assertThat(loaded).isInstanceOf(Loaded.Rejected.class);
        assertThat(errors(yaml)).isNotEmpty();
    }
}
