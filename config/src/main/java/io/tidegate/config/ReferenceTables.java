package io.tidegate.config;

import io.tidegate.api.Range;
import io.tidegate.config.RecordShape.Component;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The tables of the reference: one for each record, those it holds below it.
final class ReferenceTables {

    private final Shapes shapes;

    ReferenceTables(Shapes shapes) {
        this.shapes = shapes;
    }

    /// The record that a component is or holds, where it has keys of its own; else null.
    static @Nullable Class<? extends Record> record(ValueType type) {
        return switch (type) {
            case ValueType.Struct struct -> struct.type();
            case ValueType.Listing listing -> record(listing.item());
            case ValueType.Mapping mapping -> record(mapping.value());
            case ValueType.Plain _,ValueType.Choice _ -> null;
        };
    }

    private boolean hasKeys(@Nullable Class<? extends Record> type) {
        return type != null && !shapes.of(type).onlyShort() && !shapes.of(type).components().isEmpty();
    }

    /// The table of a record, and a section for each record in it.
    String of(Class<? extends Record> type, String path) {
        StringBuilder page = new StringBuilder();
        Deque<Map.Entry<String, Class<? extends Record>>> open = new ArrayDeque<>();
        Map<Class<?>, String> headings = new HashMap<>();
        open.add(Map.entry(path, type));
        headings.put(type, path);
        while (!open.isEmpty()) {
            Map.Entry<String, Class<? extends Record>> next = open.removeFirst();
            RecordShape shape = shapes.of(next.getValue());
            if (!next.getKey().isEmpty()) {
                page.append("## `").append(next.getKey()).append("`\n\n");
                page.append(shape.doc().isEmpty() ? "" : shape.doc() + "\n\n");
            }
            page.append(shortForms(shape));
            inner(shape, next.getKey()).forEach((name, record) -> {
                if (headings.putIfAbsent(record, name) == null) {
                    open.add(Map.entry(name, record));
                }
            });
            page.append(rows(shape, component -> {
                Class<? extends Record> record = record(component.type());
                String heading = record == null ? null : headings.get(record);
                return heading == null ? "" : "#" + anchor(heading);
            })).append(words(shape));
        }
        return page.toString().stripTrailing() + "\n";
    }

    private Map<String, Class<? extends Record>> inner(RecordShape shape, String path) {
        Map<String, Class<? extends Record>> inner = new LinkedHashMap<>();
        for (Component component : shape.components().values()) {
            Class<? extends Record> record = record(component.type());
            if (record != null && hasKeys(record)) {
                inner.put(join(path, component), record);
            }
        }
        return inner;
    }

    private static String join(String path, Component component) {
        String suffix = component.type() instanceof ValueType.Listing
                ? "[]"
                : component.type() instanceof ValueType.Mapping ? ".<name>" : "";
        return (path.isEmpty() ? "" : path + ".") + component.key() + suffix;
    }

    /// As Markdown renderers make anchors of headings: lower case, letters, digits and hyphens alone.
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "");
    }

    private static String shortForms(RecordShape shape) {
        if (shape.shorthands().isEmpty()) {
            return "";
        }
        List<String> forms = shape.shorthands().stream().map(
                form -> form.words() == null ? plain(form.type(), null) : "word, " + words(form.words())).toList();
        return "Short form: a " + String.join(", or a ", forms) + " in place of the map.\n\n";
    }

    private static String words(ValueType.Choice choice) {
        return "one of "
                + String.join(", ", choice.constants().keySet().stream().map(word -> "`" + word + "`").toList());
    }

    /// A table of keys. `link` gives the page or the section of what a key holds, or an empty text.
    String rows(RecordShape shape, Function<Component, String> link) {
        if (shape.components().isEmpty()) {
            return "It has no keys: write `{}`.\n\n";
        }
        StringBuilder table = new StringBuilder("| Key | Type | Default | Meaning |\n| --- | --- | --- | --- |\n");
        for (Component component : shape.components().values()) {
            String target = link.apply(component);
            String key = "`" + component.key() + "`";
            table.append("| ").append(target.isEmpty() ? key : "[" + key + "](" + target + ")").append(" | ")
                    .append(cell(type(component.type(), component))).append(" | ").append(cell(byDefault(component)))
                    .append(" | ").append(cell(meaning(component))).append(" |\n");
        }
        return table.append('\n').toString();
    }

    private static String byDefault(Component component) {
        if (component.required()) {
            return "**required**";
        }
        String text = component.defaultText();
        return text == null ? "–" : text.equals("''") ? "empty" : "`" + text + "`";
    }

    private static String meaning(Component component) {
        return component.doc() + (component.secret() ? " *Secret: never shown.*" : "");
    }

    /// What the words of its enumerations mean.
    String words(RecordShape shape) {
        StringBuilder text = new StringBuilder();
        for (Component component : shape.components().values()) {
            ValueType type = component.type() instanceof ValueType.Listing listing ? listing.item() : component.type();
            if (type instanceof ValueType.Choice choice) {
                text.append("`").append(component.key())
                        .append(component.type() instanceof ValueType.Listing
                                ? "` holds any of:\n\n"
                                : "` is one of:\n\n");
                choice.constants().forEach((word, constant) -> {
                    String doc = Shapes.doc(constant);
                    text.append("- `").append(word).append("`").append(doc.isEmpty() ? "" : ": " + doc).append('\n');
                });
                text.append('\n');
            }
        }
        return text.toString();
    }

    private String type(ValueType type, @Nullable Component of) {
        return switch (type) {
            case ValueType.Plain plain -> plain(plain, of);
            case ValueType.Choice choice -> words(choice);
            case ValueType.Struct struct -> struct(shapes.of(struct.type()));
            case ValueType.Listing listing -> "list of " + type(listing.item(), null) + size(of);
            case ValueType.Mapping mapping -> "map of " + type(mapping.value(), null) + size(of);
        };
    }

    private static String struct(RecordShape shape) {
        if (!shape.onlyShort()) {
            return shape.shorthands().isEmpty() ? "map" : "map, or its short form";
        }
        return shape.type().getSimpleName().replaceAll("Config$", "").replaceAll("([a-z])([A-Z])", "$1 $2")
                .toLowerCase(Locale.ROOT);
    }

    private static String size(@Nullable Component of) {
        Range range = of == null ? null : of.range();
        if (range == null) {
            return "";
        }
        return range.max() == Long.MAX_VALUE
                ? (range.min() == 1 ? ", not empty" : ", " + range.min() + " or more")
                : ", " + Math.max(0, range.min()) + " to " + range.max();
    }

    private static String plain(ValueType.Plain type, @Nullable Component of) {
        return switch (type) {
            case TEXT -> "text";
            case FLAG -> "`true` or `false`";
            case INT, LONG -> "whole number" + bounds(of);
            case DECIMAL -> "number" + bounds(of);
            case DURATION -> "duration";
            case SIZE -> "size";
            case RATIO -> "share";
            case CONDITION -> "a condition (CEL)";
            case POLICY -> "[policies](policies.md)";
        };
    }

    private static String bounds(@Nullable Component of) {
        Range range = of == null ? null : of.range();
        if (range == null || (range.min() == Long.MIN_VALUE && range.max() == Long.MAX_VALUE)) {
            return "";
        }
        if (range.max() == Long.MAX_VALUE) {
            return ", " + range.min() + " or more";
        }
        return range.min() == Long.MIN_VALUE
                ? ", at most " + range.max()
                : ", " + range.min() + " to " + range.max();
    }

    /// Text that stands in a cell of a table.
    static String cell(String text) {
        return text.replace("|", "\\|").replace('\n', ' ');
    }
}
