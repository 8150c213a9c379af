package io.tidegate.config;

import io.tidegate.config.Node.Entry;
import io.tidegate.config.Node.Scalar.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Turns the text of one YAML 1.2 file into [Node]s, substitutions replaced.
///
/// Everything is bounded: the depth, and what aliases stand for. JSON is YAML, so it is read too.
final class YamlReader {

    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern DECIMAL = Pattern
            .compile("0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?"
                    + "|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

    private static final int DEEPEST = 64;

    // What all aliases of a file may stand for, in values.
    private static final int ALIASED = 1_000_000;

    private final String file;
    private final Path folder;
    private final Substitution substitution;
    private final ProblemList problems;
    private final String expected;
    private final Secrets.Collector secrets;
    private final Map<Anchor, Node> anchors = new HashMap<>();
    private final Set<Anchor> open = new HashSet<>();
    private long aliased;

    private YamlReader(String file, Path folder, Substitution substitution, ProblemList problems,
            String expected) {
        this.file = file;
        this.folder = folder;
        this.substitution = substitution;
        this.problems = problems;
        this.expected = expected;
        this.secrets = substitution.secrets();
    }

    /// What ends a file at once.
    private static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient Place place;
        private final transient Where where;

        Refused(Place place, Where where, String message) {
            super(message, null, false, false);
            this.place = place;
            this.where = where;
        }
    }

    /// The map that the file holds, or null with a problem.
    ///
    /// @param expected
    ///            its keys, in words
    static Node.@Nullable Fields read(String file, Path folder, String text, Substitution substitution,
            ProblemList problems, String expected) {
        String content = text.startsWith("\uFEFF") ? text.substring(1) : text;
        YamlReader reader = new YamlReader(file, folder, substitution, problems, expected);
        try {
            return reader.document(content);
        } catch (Refused e) {
            problems.error(e.place, e.where, String.valueOf(e.getMessage()));
        } catch (MarkedYamlEngineException e) {
            problems.error(reader.place(e.getProblemMark().or(e::getContextMark)), Where.ROOT, syntax(e, content));
        } catch (ReaderException e) {
            int offset = content.offsetByCodePoints(0,
                    Math.min(e.getPosition(), content.codePointCount(0, content.length())));
            problems.error(FileText.place(file, content, offset), Where.ROOT,
                    "has a character that YAML does not allow (U+%04X)".formatted(e.getCodePoint()));
        } catch (YamlEngineException e) {
            problems.error(new Place(file, 0, 0), Where.ROOT, "is not valid YAML: " + e.getMessage());
        }
        return null;
    }

    /// What a text stands for that is a plain scalar, or a list or a map with nothing in it: most defaults are, and a
    /// parser takes its time. Null for every other text.
    static @Nullable Node simple(String text) {
        Place nowhere = new Place("", 0, 0);
        return switch (text) {
            case "{}" -> Node.Fields.empty(nowhere);
            case "[]" -> new Node.Items(nowhere, List.of(), 1);
            default -> isPlain(text) ? new Node.Scalar(nowhere, text, kind(text), false) : null;
        };
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/';
            boolean within = c == '.' || c == '-' || c == '%' || (c == ':' && i < text.length() - 1);
            if (!word && (!within || i == 0)) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static String syntax(MarkedYamlEngineException e, String content) {
        String problem = String.valueOf(e.getProblem());
        if (problem.contains("\\t")) {
            return "is not valid YAML: a tab can't stand there (indent with spaces)";
        }
        String context = e.getContext() == null ? "" : e.getContext() + ", ";
        String line = e.getProblemMark().map(mark -> lineOf(content, mark.getLine())).orElse("");
        boolean flow = context.contains("flow") && line.contains("${");
        return "is not valid YAML: " + context + problem
                + (flow ? " (within { } and [ ], ${…} has to be quoted)" : "");
    }

    private static String lineOf(String content, int line) {
        return content.lines().skip(line).findFirst().orElse("");
    }

    private Node.@Nullable Fields document(String content) {
        LoadSettings settings = LoadSettings.builder().setLabel(file).setCodePointLimit(Integer.MAX_VALUE)
                .setParseComments(false).build();
        Iterator<Event> events = new Parse(settings).parseString(content).iterator();
        Node root = null;
        while (events.hasNext()) {
            Event event = events.next();
            switch (event.getEventId()) {
                case StreamStart, StreamEnd, DocumentEnd -> {
                }
                case DocumentStart -> {
                    if (root != null) {
                        throw new Refused(place(event.getStartMark()), Where.ROOT,
                                "has more than one document: '---' may stand at the top only");
                    }
                }
                default -> root = node(event, events, Where.ROOT, 0);
            }
        }
        if (root == null || (root instanceof Node.Scalar scalar && scalar.kind() == Kind.NULL)) {
            problems.error(new Place(file, 0, 0), Where.ROOT,
                    "is empty: expected keys such as " + expected);
            return null;
        }
        if (root instanceof Node.Fields fields) {
            return fields;
        }
        problems.error(root.place(), Where.ROOT,
                "must be a map with keys such as " + expected + " (was " + root.found() + ")");
        return null;
    }

    private Place place(Optional<Mark> mark) {
        return mark.map(at -> new Place(file, at.getLine() + 1, at.getColumn() + 1))
                .orElseGet(() -> new Place(file, 0, 0));
    }

    private Node node(Event event, Iterator<Event> events, Where where, int depth) {
        Place place = place(event.getStartMark());
        if (depth > DEEPEST) {
            throw new Refused(place, Where.ROOT, "is nested deeper than " + DEEPEST + " levels");
        }
        if (event instanceof AliasEvent alias) {
            return alias(alias, place, where);
        }
        Anchor anchor = ((NodeEvent) event).getAnchor().orElse(null);
        if (anchor != null) {
            open.add(anchor);
        }
        Node node = switch (event) {
            case ScalarEvent scalar -> {
                noTag(scalar.getTag(), place, where);
                yield scalar(scalar, place, where);
            }
            case CollectionStartEvent start -> {
                noTag(start.getTag(), place, where);
                yield start.getEventId() == Event.ID.MappingStart
                        ? fields(place, events, where, depth)
                        : items(place, events, where, depth);
            }
            default -> throw new Refused(place, where, "is not valid YAML: unexpected " + event);
        };
        if (anchor != null) {
            open.remove(anchor);
            anchors.put(anchor, node);
        }
        return node;
    }

    private void noTag(Optional<String> tag, Place place, Where where) {
        if (tag.isPresent() && !tag.get().equals("!")) {
            problems.error(place, where, "has the tag '"
                    + tag.get().replace("tag:yaml.org,2002:", "!!") + "': tags are not supported");
        }
    }

    private Node alias(AliasEvent event, Place place, Where where) {
        Node node = anchors.get(event.getAlias());
        if (open.contains(event.getAlias())) {
            throw new Refused(place, where, "the alias '*" + event.getAlias() + "' stands within what it stands for");
        }
        if (node == null) {
            throw new Refused(place, where, "there is no anchor '&" + event.getAlias() + "' above");
        }
        aliased += node.size();
        if (aliased > ALIASED) {
            throw new Refused(place, where, "aliases stand for more than " + ALIASED + " values in all");
        }
        return node;
    }

    private Node.Fields fields(Place place, Iterator<Event> events, Where where, int depth) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        long size = 1;
        while (true) {
            Event event = events.next();
            if (event.getEventId() == Event.ID.MappingEnd) {
                return new Node.Fields(place, entries, (int) Math.min(size, Integer.MAX_VALUE));
            }
            Place keyPlace = place(event.getStartMark());
            String key = key(event, events, where, depth);
            Where at = where.key(key);
            Node value = node(events.next(), events, at, depth + 1);
            size += value.size();
            Entry first = entries.putIfAbsent(key, new Entry(keyPlace, value));
            if (first != null) {
                problems.error(keyPlace, at, "declared twice (first at " + first.place() + ")");
            }
        }
    }

    private String key(Event event, Iterator<Event> events, Where where, int depth) {
        if (event instanceof ScalarEvent plain) {
            // Substitutions belong into values: a key stays as it is written.
            return plain.getValue();
        }
        Node key = node(event, events, where, depth + 1);
        if (!(key instanceof Node.Scalar scalar)) {
            throw new Refused(key.place(), where, "has a key that is " + key.found() + ": a key must be a text");
        }
        return scalar.text();
    }

    private Node.Items items(Place place, Iterator<Event> events, Where where, int depth) {
        List<Node> items = new ArrayList<>();
        long size = 1;
        while (true) {
            Event event = events.next();
            if (event.getEventId() == Event.ID.SequenceEnd) {
                return new Node.Items(place, items, (int) Math.min(size, Integer.MAX_VALUE));
            }
            Node item = node(event, events, where.item(items.size()), depth + 1);
            size += item.size();
            items.add(item);
        }
    }

    private Node.Scalar scalar(ScalarEvent event, Place place, Where where) {
        String text = event.getValue();
        if (text.contains("${")) {
            try {
                Substitution.Result result = substitution.apply(text, folder);
                if (result.hidden()) {
                    secrets.add(result.text());
                }
                return new Node.Scalar(place, result.text(), result.replaced() ? Kind.SUBSTITUTED : Kind.TEXT,
                        result.hidden());
            } catch (IllegalArgumentException e) {
                problems.error(place, where, String.valueOf(e.getMessage()));
                return new Node.Scalar(place, text, Kind.BROKEN, false);
            }
        }
        return new Node.Scalar(place, text, event.isPlain() ? kind(text) : Kind.TEXT, false);
    }

    /// What YAML 1.2's core schema takes a plain scalar for (chapter 10.3.2).
    private static Kind kind(String text) {
        if (text.isEmpty()) {
            return Kind.NULL;
        }
        char first = text.charAt(0);
        if ((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.') {
            return number(text);
        }
        return switch (text) {
            case "null", "Null", "NULL", "~" -> Kind.NULL;
            case "true", "True", "TRUE", "false", "False", "FALSE" -> Kind.BOOLEAN;
            default -> Kind.TEXT;
        };
    }

    private static Kind number(String text) {
        if (INTEGER.matcher(text).matches()) {
            return Kind.INTEGER;
        }
        return DECIMAL.matcher(text).matches() ? Kind.DECIMAL : Kind.TEXT;
    }
}
