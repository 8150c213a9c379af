package io.tidegate.config;

import io.tidegate.config.Node.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads one file, or a directory of them, into one map.
final class Sources {

    private final Substitution substitution;
    private final ProblemList problems;
    private final Shapes shapes;
    private final List<Path> files = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    Sources(Substitution substitution, ProblemList problems, Shapes shapes) {
        this.substitution = substitution;
        this.problems = problems;
        this.shapes = shapes;
    }

    /// The configuration files, in the order in which they were read.
    List<Path> files() {
        return files;
    }

    /// The names of the files, as they stand in places.
    List<String> names() {
        return names;
    }

    /// What a file or a directory holds, or null with a problem.
    Node.@Nullable Fields read(Path path) {
        if (!Files.isDirectory(path)) {
            return file(path);
        }
        List<Path> found;
        try (Stream<Path> list = Files.list(path)) {
            found = list.filter(Sources::isYaml).sorted().toList();
        } catch (IOException e) {
            problems.error(new Place(path.toString(), 0, 0), Where.ROOT, "can't be read: " + FileText.reason(e));
            return null;
        }
        if (found.isEmpty()) {
            problems.error(new Place(path.toString(), 0, 0), Where.ROOT,
                    "has no file that ends in .yaml or .yml");
            return null;
        }
        Node.Fields whole = null;
        for (Path file : found) {
            Node.Fields part = file(file);
            if (part != null) {
                whole = whole == null ? part : merge(shapes.of(GatewayConfig.class), whole, part, Where.ROOT);
            }
        }
        return whole;
    }

    private static boolean isYaml(Path file) {
        String name = file.getFileName().toString();
        return (name.endsWith(".yaml") || name.endsWith(".yml")) && !name.startsWith(".") && !Files.isDirectory(file);
    }

    private Node.@Nullable Fields file(Path file) {
        files.add(file);
        names.add(file.toString());
        String text = FileText.read(file, problems);
        return text == null ? null : text(file.toString(), file, text);
    }

    /// What a text holds, or null with a problem.
    Node.@Nullable Fields text(String name, Path file, String text) {
        if (!names.contains(name)) {
            names.add(name);
        }
        if (text.length() > FileText.LARGEST) {
            problems.error(new Place(name, 0, 0), Where.ROOT, "is larger than 16MiB");
            return null;
        }
        Path folder = file.toAbsolutePath().getParent();
        return YamlReader.read(name, folder == null ? file : folder, text, substitution, problems,
                "listeners, upstreams and routes");
    }

    /// Puts two files together: maps of names and records become one, everything else may be declared once.
    private Node.Fields merge(@Nullable RecordShape shape, Node.Fields one, Node.Fields other, Where where) {
        Map<String, Entry> entries = new LinkedHashMap<>(one.entries());
        for (Map.Entry<String, Entry> added : other.entries().entrySet()) {
            Where at = where.key(added.getKey());
            Entry present = entries.get(added.getKey());
            if (present == null) {
                entries.put(added.getKey(), added.getValue());
            } else if (shape != null && shape.components().containsKey(added.getKey())
                    && present.value() instanceof Node.Fields first
                    && added.getValue().value() instanceof Node.Fields second
                    && isMerged(shape.components().get(added.getKey()).type())) {
                ValueType type = shape.components().get(added.getKey()).type();
                RecordShape inner = type instanceof ValueType.Struct struct ? shapes.of(struct.type()) : null;
                entries.put(added.getKey(), new Entry(present.place(), merge(inner, first, second, at)));
            } else {
                problems.error(added.getValue().place(), at, "declared twice (first at " + present.place() + ")");
            }
        }
        return new Node.Fields(one.place(), entries, one.size() + other.size());
    }

    private static boolean isMerged(ValueType type) {
        return type instanceof ValueType.Mapping || type instanceof ValueType.Struct;
    }
}
