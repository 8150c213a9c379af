package io.tidegate.config;

import io.tidegate.api.PolicyFactory;
import io.tidegate.api.Range;
import io.tidegate.config.RecordShape.Component;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Writes the JSON Schema (2020-12) of the configuration file, for editors and for whoever generates files.
///
/// It is made of the same records as everything else. What only the loader can know (names that stand for something,
/// routes that mean the same) is not in it; whatever the loader accepts, the schema accepts.
public final class SchemaWriter {

    private static final String NAME = "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$";
    private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?");
    private static final Set<String> NAMED = Set.of("listeners", "upstreams", "routes", "policySets", "consumers");

    private final Plugins plugins;
    private final Shapes shapes = new Shapes();
    private final Map<String, Object> definitions = new TreeMap<>();

    private SchemaWriter(Plugins plugins) {
        this.plugins = plugins;
    }

    /// The schema, as text that ends with a line break.
    public static String json(Plugins plugins) {
        return JsonText.of(new SchemaWriter(plugins).schema());
    }

    private Map<String, Object> schema() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Tidegate configuration");
        schema.putAll(fields(shapes.of(GatewayConfig.class)));
        definitions.put("substitution", map("type", "string", "pattern", "\\$\\{[^}]+\\}", "description",
                "A value from the environment (`${NAME}`, `${NAME:-default}`), from a file (`${file:/path}`) or from Vault (`${vault:path#field}`)."));
        definitions.put("policy", policy());
        schema.put("$defs", definitions);
        return schema;
    }

    /// Keys and values in turns.
    private static Map<String, Object> map(Object... entries) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put((String) entries[i], entries[i + 1]);
        }
        return map;
    }

    private static Map<String, Object> anyOf(List<? extends Object> choices) {
        return map("anyOf", choices);
    }

    private static Map<String, Object> reference(String definition) {
        return map("$ref", "#/$defs/" + definition);
    }

    // Records.

    private Map<String, Object> fields(RecordShape shape) {
        Map<String, Object> schema = new LinkedHashMap<>();
        if (!shape.doc().isEmpty()) {
            schema.put("description", shape.doc());
        }
        schema.put("type", "object");
        Map<String, Object> properties = new LinkedHashMap<>();
        List<Object> required = new ArrayList<>();
        for (Component component : shape.components().values()) {
            Map<String, Object> property = component(component);
            if (shape.type() == GatewayConfig.class && NAMED.contains(component.key())) {
                property.put("propertyNames", map("pattern", NAME, "maxLength", 63));
            }
            properties.put(component.key(), property);
            if (component.required()) {
                required.add(component.key());
            }
        }
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", false);
        return schema;
    }

    private Map<String, Object> component(Component component) {
        Map<String, Object> schema = new LinkedHashMap<>();
        if (!component.doc().isEmpty()) {
            schema.put("description", component.doc());
        }
        schema.putAll(value(component.type(), component));
        if (component.defaultText() != null) {
            schema.put("default", tree(component.defaultText()));
        }
        return schema;
    }

    private Map<String, Object> record(Class<? extends Record> type) {
        String name = name(type);
        if (!definitions.containsKey(name)) {
            // Put first: a record may hold itself.
            definitions.put(name, Map.of());
            RecordShape shape = shapes.of(type);
            List<Map<String, Object>> forms = new ArrayList<>();
            for (RecordShape.Shorthand form : shape.shorthands()) {
                forms.add(form.words() == null ? plain(form.type(), null) : choice(form.words()));
            }
            if (!shape.onlyShort()) {
                forms.add(fields(shape));
            }
            boolean covered = shape.shorthands().isEmpty()
                    || shape.shorthands().stream().anyMatch(form -> form.type() == ValueType.Plain.TEXT);
            if (!covered) {
                forms.add(reference("substitution"));
            }
            Map<String, Object> schema = new LinkedHashMap<>();
            if (shape.onlyShort() && !shape.doc().isEmpty()) {
                schema.put("description", shape.doc());
            }
            schema.putAll(forms.size() == 1 ? forms.getFirst() : anyOf(forms));
            definitions.put(name, schema);
        }
        return reference(name);
    }

    /// `UpstreamConfig.Timeouts`.
    private static String name(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return outer == null ? type.getSimpleName() : name(outer) + "." + type.getSimpleName();
    }

    // Values.

    private Map<String, Object> value(ValueType type, @Nullable Component of) {
        return switch (type) {
            case ValueType.Plain plain when plain == ValueType.Plain.POLICY -> reference("policy");
            case ValueType.Plain plain when plain == ValueType.Plain.TEXT || plain == ValueType.Plain.CONDITION ->
                plain(
                        plain, of);
            case ValueType.Plain plain -> anyOf(List.of(plain(plain, of), reference("substitution")));
            case ValueType.Choice choice -> choice(choice);
            case ValueType.Struct struct -> record(struct.type());
            case ValueType.Listing listing -> {
                Map<String, Object> schema = map("type", "array", "items", value(listing.item(), of));
                size(schema, of, "minItems", "maxItems");
                if (listing.set()) {
                    schema.put("uniqueItems", true);
                }
                yield schema;
            }
            case ValueType.Mapping mapping -> {
                Map<String, Object> schema = map("type", "object", "additionalProperties", value(mapping.value(), of));
                size(schema, of, "minProperties", "maxProperties");
                yield schema;
            }
        };
    }

    private static void size(Map<String, Object> schema, @Nullable Component of, String least, String most) {
        Range range = of == null ? null : of.range();
        if (range != null && range.min() > 0) {
            schema.put(least, range.min());
        }
        if (range != null && range.max() != Long.MAX_VALUE) {
            schema.put(most, range.max());
        }
    }

    private static Map<String, Object> plain(ValueType.Plain type, @Nullable Component of) {
        return switch (type) {
            case TEXT -> {
                Map<String, Object> schema = map("type", "string");
                if (of != null && of.pattern() != null) {
                    schema.put("pattern", "^(?:" + of.pattern().value() + ")$|\\$\\{");
                }
                yield schema;
            }
            case CONDITION -> map("type", "string", "minLength", 1);
            case FLAG -> map("type", "boolean");
            case INT -> number("integer", of, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> number("integer", of, Long.MIN_VALUE, Long.MAX_VALUE);
            case DECIMAL -> number("number", of, Long.MIN_VALUE, Long.MAX_VALUE);
            case DURATION -> map("type", "string", "pattern", "^[0-9]{1,15}(ms|s|m|h|d)$");
            case SIZE -> map("type", "string", "pattern", "^([0-9]{1,18}(B|KiB|MiB|GiB|TiB)|unlimited)$");
            case RATIO -> map("type", "string", "pattern", "^[0-9]{1,3}(\\.[0-9]{1,6})?%$");
            case POLICY -> reference("policy");
        };
    }

    private static Map<String, Object> number(String type, @Nullable Component of, long least, long most) {
        Map<String, Object> schema = map("type", type);
        // A list's bounds are of its size, not of its items.
        Range range = of != null && of.type() instanceof ValueType.Plain ? of.range() : null;
        long min = range == null ? least : Math.max(least, range.min());
        long max = range == null ? most : Math.min(most, range.max());
        if (min != Long.MIN_VALUE) {
            schema.put("minimum", min);
        }
        if (max != Long.MAX_VALUE) {
            schema.put("maximum", max);
        }
        return schema;
    }

    private static Map<String, Object> choice(ValueType.Choice choice) {
        List<Object> words = new ArrayList<>();
        choice.constants().forEach((word, constant) -> {
            Map<String, Object> schema = map("const", ValueType.Choice.written(word));
            String doc = Shapes.doc(constant);
            if (!doc.isEmpty()) {
                schema.put("description", doc);
            }
            words.add(schema);
            if (NUMBER.matcher(word).matches()) {
                // Without quotes, YAML reads it as a number.
                words.add(map("const", Double.valueOf(word)));
            }
        });
        words.add(reference("substitution"));
        return anyOf(words);
    }

    // Policies.

    private Map<String, Object> policy() {
        List<Object> forms = new ArrayList<>();
        for (PolicyFactory<?> factory : plugins.policies().values()) {
            List<Object> values = new ArrayList<>();
            values.add(record(factory.configType()));
            if (factory instanceof AnyOfFactory) {
                values.add(map("type", "array", "minItems", 2, "items", reference("policy")));
            }
            values.add(map("const", false, "description", "Switches off what every route has."));
            forms.add(entry(factory.summary(), List.of(factory.type()), factory.type(), anyOf(values)));
        }
        for (PolicyFactory<?> factory : plugins.policies().values()) {
            forms.add(entry(factory.summary(), List.of("type"), "type", map("const", factory.type()), "enabled",
                    map("type", "boolean", "default", true), "config", record(factory.configType())));
        }
        forms.add(entry("Puts in the policies of a set.", List.of("use"), "use", map("type", "string")));
        forms.add(entry("Puts in the policies of a set.", List.of("type", "config"), "type", map("const", "use"),
                "config", map("type", "string")));
        return map("description", "A policy: its kind and its configuration.", "type", "object", "anyOf", forms);
    }

    private static Map<String, Object> entry(String summary, List<String> required, Object... properties) {
        Map<String, Object> all = map(properties);
        all.put("name", map("type", "string", "minLength", 1, "description", "A name for logs and metrics."));
        all.put("when", map("type", "string", "minLength", 1, "description",
                "A condition (CEL): the policy runs only where it holds."));
        all.put("mode", map("enum", List.of("enforce", "observe"), "default", "enforce", "description",
                "`observe`: decides, logs and counts, but does not act."));
        all.put("locked", map("type", "boolean", "default", false, "description",
                "A policy of every route that no route can replace or switch off."));
        return map("description", summary, "type", "object", "properties", all, "required", required,
                "additionalProperties", false);
    }

    // Defaults.

    private static Object tree(String yaml) {
        ProblemList problems = new ProblemList(new Secrets.Collector());
        Node.Fields holder = YamlReader.read("", Path.of(""), "value: " + yaml,
                new Substitution(name -> null, new Secrets.Collector()), problems, "value");
        Node.Entry entry = holder == null ? null : holder.entries().get("value");
        if (entry == null) {
            throw new IllegalStateException("no default: " + yaml);
        }
        return tree(entry.value());
    }

    private static Object tree(Node node) {
        return switch (node) {
            case Node.Scalar scalar -> switch (scalar.kind()) {
                case INTEGER -> Long.valueOf(scalar.text());
                case DECIMAL -> Double.valueOf(scalar.text());
                case BOOLEAN -> Boolean.valueOf(scalar.text());
                case TEXT, NULL, SUBSTITUTED, BROKEN -> scalar.text();
            };
            case Node.Items items -> items.items().stream().map(SchemaWriter::tree).toList();
            case Node.Fields fields -> {
                Map<String, Object> map = new LinkedHashMap<>();
                fields.entries().forEach((key, entry) -> map.put(key, tree(entry.value())));
                yield map;
            }
        };
    }
}
