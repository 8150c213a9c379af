package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.RecordShape.Component;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every record that a file is made of, with all its keys, their types, bounds and defaults, as `records.txt` fixes
/// them. Changing one of them changes what users' files mean: the file shows it in the same commit.
final class RecordsTest {

    private static final Path GOLDEN = Path.of("src/test/resources/records.txt");

    private static Map<String, String> records() {
        Shapes shapes = new Shapes();
        Map<String, String> found = new LinkedHashMap<>();
        Deque<Class<? extends Record>> open = new ArrayDeque<>();
        open.add(GatewayConfig.class);
        while (!open.isEmpty()) {
            RecordShape shape = shapes.of(open.removeFirst());
            String name = shape.type().getName().replaceAll(".*\\.", "").replace('$', '.');
            if (found.containsKey(name)) {
                continue;
            }
            found.put(name, describe(shape));
            for (Component component : shape.components().values()) {
                Class<? extends Record> inner = ReferenceTables.record(component.type());
                if (inner != null && !shape.onlyShort()) {
                    open.add(inner);
                }
            }
        }
        return new TreeMap<>(found);
    }

    private static String describe(RecordShape shape) {
        StringBuilder text = new StringBuilder();
        shape.shorthands().forEach(form -> text.append("short form: ").append(form.type()).append('\n'));
        if (shape.onlyShort()) {
            return text.append("nothing else\n").toString();
        }
        for (Component component : shape.components().values()) {
            text.append(component.key()).append(": ").append(type(component.type()));
            if (component.range() != null) {
                text.append(" from ").append(component.range().min()).append(" to ").append(component.range().max());
            }
            if (component.secret()) {
                text.append(", secret");
            }
            text.append(component.required()
                    ? ", required"
                    : component.defaultText() == null ? ", optional" : " = " + component.defaultText()).append('\n');
        }
        return text.toString();
    }

    private static String type(ValueType type) {
        return switch (type) {
            case ValueType.Plain plain -> plain.name();
            case ValueType.Choice choice -> String.join("|", choice.constants().keySet());
            case ValueType.Struct struct -> struct.type().getSimpleName();
            case ValueType.Listing listing -> "list of " + type(listing.item());
            case ValueType.Mapping mapping -> "map of " + type(mapping.value());
        };
    }

    @TestFactory
    Stream<DynamicTest> hasTheseKeysAndDefaults() throws IOException {
        if (Boolean.getBoolean("golden.rewrite")) {
            StringBuilder text = new StringBuilder();
            records()
                    .forEach((name, lines) -> text.append("=== ").append(name).append('\n').append(lines).append('\n'));
            Files.writeString(GOLDEN, text);
        }
        Map<String, String> expected = new TreeMap<>();
        for (String part : Files.readString(GOLDEN).split("(?m)^=== ", -1)) {
            if (!part.isBlank()) {
                int end = part.indexOf('\n');
                expected.put(part.substring(0, end), part.substring(end + 1).strip() + "\n");
            }
        }
        Map<String, String> records = records();
        Map<String, String> all = new TreeMap<>(expected);
        records.forEach(all::putIfAbsent);
        return all.keySet().stream().map(name -> DynamicTest.dynamicTest(name,
                () -> assertThat(records.get(name)).isEqualTo(expected.get(name))));
    }

    @Test
    void documentsEveryKeyAndEveryWord() {
        Shapes shapes = new Shapes();
        Deque<Class<? extends Record>> open = new ArrayDeque<>();
        open.add(GatewayConfig.class);
        int keys = 0;
        while (!open.isEmpty()) {
            RecordShape shape = shapes.of(open.removeFirst());
            assertThat(shape.doc()).as(shape.type().getName()).isNotEmpty();
            if (shape.onlyShort()) {
                continue;
            }
            for (Component component : shape.components().values()) {
                keys++;
                assertThat(component.doc()).as(component.key()).endsWith(".");
                if (component.type() instanceof ValueType.Choice choice) {
                    choice.constants().values()
                            .forEach(word -> assertThat(Shapes.doc(word)).as(word.toString()).isNotEmpty());
                }
                Class<? extends Record> inner = ReferenceTables.record(component.type());
                if (inner != null) {
                    open.add(inner);
                }
            }
        }
        assertThat(keys).isGreaterThan(60);
    }

    @Test
    void readsEveryDefault() {
        Loaded loaded = new ConfigLoader(SamplePolicies.plugins(), name -> null).loadText("t.yaml",
                "upstreams: { a: { endpoints: ['http://10.0.0.1'] } }\nroutes: { a: { upstream: a } }\n");
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        GatewayConfig config = ((Loaded.Accepted) loaded).config();
        assertThat(config.listeners()).containsOnlyKeys("default");
        assertThat(config.listeners().values()).allSatisfy(
                listener -> assertThat(listener.address()).isEqualTo(new AddressConfig("", 8080)));
        assertThat(config.admin().address()).isEqualTo(new AddressConfig("127.0.0.1", 9901));
        assertThat(config.gateway().workers().isAuto()).isTrue();
    }
}
