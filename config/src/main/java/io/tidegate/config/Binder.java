package io.tidegate.config;

import io.tidegate.api.ByteSize;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Pattern;
import io.tidegate.api.Range;
import io.tidegate.api.Ratio;
import io.tidegate.config.Node.Entry;
import io.tidegate.config.Node.Scalar.Kind;
import io.tidegate.config.RecordShape.Component;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Makes records from [Node]s, and finds everything that is wrong on the way.
///
/// What can't be made is left out, so that the rest is still looked at: the result is only used where there was no
/// problem. For one load and one thread.
final class Binder {

    private final Shapes shapes;
    private final ProblemList problems;
    private final Secrets.Collector secrets;
    private final Nearest nearest;
    private final PolicyBinder policies;
    private final Defaults defaults;
    private final Set<String> broken = new HashSet<>();
    private final NamedFiles files = new NamedFiles();

    Binder(Plugins plugins, ProblemList problems, Secrets.Collector secrets, Nearest nearest) {
        this.shapes = new Shapes();
        this.problems = problems;
        this.secrets = secrets;
        this.nearest = nearest;
        this.defaults = new Defaults(nearest);
        this.policies = new PolicyBinder(plugins, this, problems, nearest);
    }

    /// The shapes of the records met so far.
    Shapes shapes() {
        return shapes;
    }

    /// The paths of what could not be read as it stands, and of everything that holds such a part.
    Set<String> broken() {
        return broken;
    }

    /// The files that were named.
    NamedFiles files() {
        return files;
    }

    /// A record, or null with a problem.
    <R extends Record> @Nullable R bind(Class<R> type, Node node, Where where) {
        return type.cast(struct(type, node, where));
    }

    private @Nullable Object value(ValueType type, Node node, Where where, @Nullable Component of) {
        if (node instanceof Node.Scalar scalar && scalar.kind() == Kind.BROKEN) {
            problems.again();
            return null;
        }
        return switch (type) {
            case ValueType.Plain plain when plain == ValueType.Plain.POLICY -> policies.bind(node, where);
            case ValueType.Plain plain -> scalar(plain, node, where, of);
            case ValueType.Choice choice -> choice(choice, node, where);
            case ValueType.Struct struct -> struct(struct.type(), node, where);
            case ValueType.Listing listing -> listing(listing, node, where, of);
            case ValueType.Mapping mapping -> mapping(mapping, node, where, of);
        };
    }

    // Records.

    private @Nullable Record struct(Class<? extends Record> type, Node node, Where where) {
        RecordShape shape = shapes.of(type);
        if (node instanceof Node.Scalar scalar && scalar.kind() != Kind.NULL && !shape.shorthands().isEmpty()) {
            return shorthand(shape, scalar, where);
        }
        if (shape.onlyShort() || !(node instanceof Node.Fields fields)) {
            problems.error(node.place(), where, expected(shape) + was(node));
            return null;
        }
        return components(shape, fields, where);
    }

    private @Nullable Record components(RecordShape shape, Node.Fields fields, Where where) {
        @Nullable
        Object[] values = new @Nullable Object[shape.components().size()];
        boolean whole = true;
        int before = problems.incidents();
        Set<String> missing = new LinkedHashSet<>();
        for (Component component : shape.components().values()) {
            Entry entry = fields.entries().get(component.key());
            Object value = null;
            if (entry != null) {
                value = component(component, entry.value(), where.key(component.key()));
            } else if (component.required()) {
                missing.add(component.key());
                whole = false;
            }
            values[component.index()] = value == null ? defaults.of(component) : value;
            whole &= values[component.index()] != null || component.nullable();
        }
        for (Map.Entry<String, Entry> entry : fields.entries().entrySet()) {
            if (!shape.components().containsKey(entry.getKey())) {
                String meant = nearest.name(entry.getKey(), shape.components().keySet());
                // A key that is mistyped is not reported as missing as well.
                missing.remove(meant);
                problems.error(entry.getValue().place(), where.key(entry.getKey()), "unknown key"
                        + (entry.getKey().equals("<<") ? " (YAML 1.2 has no merge keys)" : Nearest.hint(meant)));
                hide(entry.getValue().value());
            }
        }
        missing.forEach(key -> problems.error(fields.place(), where.key(key), "is required"));
        boolean possible = whole || shape.components().values().stream()
                .allMatch(component -> component.nullable() || values[component.index()] != null);
        // Where a component is broken its default, or less than was meant, stands in for it: what the constructor says of that means nothing.
        return possible ? construct(shape, values, fields.place(), where, before) : null;
    }

    /// A value under a mistyped key may be a secret.
    private void hide(Node node) {
        if (node instanceof Node.Scalar scalar && scalar.hidden()) {
            secrets.add(scalar.text());
        }
    }

    /// A value of a record, or null with a problem.
    @Nullable
    Object component(Component component, Node node, Where where) {
        if (component.secret()) {
            hideAll(node);
        }
        Node shown = component.secret() && node instanceof Node.Scalar scalar
                ? new Node.Scalar(scalar.place(), scalar.text(), scalar.kind(), true)
                : node;
        int before = problems.incidents();
        Object value = value(component.type(), shown, where, component);
        boolean usable = value != null && inBounds(component, value, shown, where);
        if (problems.incidents() > before) {
            broken.add(where.toString());
        }
        return usable ? value : null;
    }

    private void hideAll(Node node) {
        switch (node) {
            case Node.Scalar scalar -> {
                if (scalar.kind() != Kind.BROKEN) {
                    secrets.add(scalar.text());
                }
            }
            case Node.Items items -> items.items().forEach(this::hideAll);
            case Node.Fields fields -> fields.entries().values().forEach(entry -> hideAll(entry.value()));
        }
    }

    private @Nullable Record construct(RecordShape shape, @Nullable Object[] values, Place place, Where where,
            int incidents) {
        try {
            return shape.constructor().newInstance(values);
        } catch (InvocationTargetException e) {
            if (problems.incidents() == incidents) {
                refused(e.getCause(), place, where);
            }
            return null;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("can't make " + shape.type().getName(), e);
        }
    }

    private void refused(@Nullable Throwable cause, Place place, Where where) {
        switch (cause) {
            case ConfigException e -> problems.error(place,
                    e.component().isEmpty() ? where.toString() : where + "." + e.component(),
                    String.valueOf(e.getMessage()));
            case IllegalArgumentException e -> problems.error(place, where, String.valueOf(e.getMessage()));
            case null, default -> problems.error(place, where, "can't be used: " + cause);
        }
    }

    // Short forms.

    private @Nullable Record shorthand(RecordShape shape, Node.Scalar scalar, Where where) {
        if (scalar.kind() == Kind.BROKEN) {
            return null;
        }
        for (RecordShape.Shorthand form : shape.shorthands()) {
            if (Values.fits(form.type(), scalar)) {
                Object argument = form.words() == null
                        ? scalar(form.type(), scalar, where, null)
                        : choice(form.words(), scalar, where);
                return argument == null ? null : shorten(form, argument, scalar, where);
            }
        }
        problems.error(scalar.place(), where, expected(shape) + was(scalar));
        return null;
    }

    private @Nullable Record shorten(RecordShape.Shorthand form, Object argument, Node.Scalar scalar, Where where) {
        try {
            return files.placed((Record) form.method().invoke(null, argument), scalar.place());
        } catch (InvocationTargetException e) {
            if (scalar.hidden()) {
                problems.error(scalar.place(), where, "is not what can stand here (its value is hidden)");
            } else {
                refused(e.getCause(), scalar.place(), where);
            }
            return null;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String expected(RecordShape shape) {
        List<String> forms = new ArrayList<>();
        for (RecordShape.Shorthand form : shape.shorthands()) {
            forms.addFirst(Values.expected(form.type()));
        }
        if (!shape.onlyShort()) {
            forms.add("a map");
        }
        return "must be " + String.join(" or ", forms);
    }

    private static String was(Node node) {
        if (node instanceof Node.Scalar scalar && scalar.kind() == Kind.NULL) {
            return " (was empty; leave the key out for its default)";
        }
        return " (was " + node.found() + ")";
    }

    // Scalars.

    private @Nullable Object scalar(ValueType.Plain type, Node node, Where where, @Nullable Component of) {
        if (!(node instanceof Node.Scalar scalar) || scalar.kind() == Kind.NULL) {
            problems.error(node.place(), where, "must be " + Values.expected(type) + was(node));
            return null;
        }
        return switch (type) {
            case TEXT -> text(scalar, where, of);
            case DURATION -> parsed(type, scalar, where, Durations::parse);
            case SIZE -> parsed(type, scalar, where, ByteSize::parse);
            case RATIO -> parsed(type, scalar, where, Ratio::parse);
            case CONDITION -> policies.condition(scalar, where);
            case FLAG, INT, LONG, DECIMAL, POLICY -> {
                Values.Read read = Values.read(type, scalar);
                if (read.problem() != null) {
                    problems.error(scalar.place(), where, read.problem());
                }
                yield read.value();
            }
        };
    }

    private @Nullable Object text(Node.Scalar scalar, Where where, @Nullable Component of) {
        if (!scalar.is(Kind.TEXT)) {
            problems.error(scalar.place(), where, "must be a text: put it in quotes" + was(scalar));
            return null;
        }
        Pattern pattern = of == null ? null : of.pattern();
        if (pattern != null && !scalar.text().matches(pattern.value())) {
            problems.error(scalar.place(), where, "must be " + pattern.expected() + was(scalar));
            return null;
        }
        return scalar.text();
    }

    private @Nullable Object parsed(ValueType.Plain type, Node.Scalar scalar, Where where,
            Function<String, Object> parse) {
        if (scalar.is(Kind.TEXT)) {
            try {
                return parse.apply(scalar.text());
            } catch (IllegalArgumentException | ArithmeticException e) {
                problems.error(scalar.place(), where, scalar.hidden()
                        ? "must be " + Values.expected(type) + was(scalar)
                        : String.valueOf(e.getMessage()));
                return null;
            }
        }
        problems.error(scalar.place(), where, "must be " + Values.expected(type) + was(scalar));
        return null;
    }

    private @Nullable Object choice(ValueType.Choice choice, Node node, Where where) {
        Set<String> words = choice.constants().keySet();
        Enum<?> constant = node instanceof Node.Scalar scalar ? choice.constant(scalar) : null;
        if (constant == null) {
            String hint = node instanceof Node.Scalar scalar && !scalar.hidden()
                    ? nearest.hint(scalar.text(), words)
                    : "";
            problems.error(node.place(), where, "must be " + Values.oneOf(words) + was(node) + hint);
        }
        return constant;
    }

    // Lists and maps.

    private @Nullable Object listing(ValueType.Listing listing, Node node, Where where, @Nullable Component of) {
        if (!(node instanceof Node.Items items)) {
            problems.error(node.place(), where, "must be a list" + was(node));
            return null;
        }
        List<Object> values = new ArrayList<>(items.items().size());
        boolean whole = true;
        for (int i = 0; i < items.items().size(); i++) {
            Node item = items.items().get(i);
            Object value = value(listing.item(), item, where.item(i), of);
            whole &= value != null;
            if (value != null && listing.set() && values.contains(value)) {
                problems.error(item.place(), where.item(i), "stands there twice");
            } else if (value != null) {
                values.add(value);
            }
        }
        if (!whole) {
            // Without one item the others would have wrong places.
            return null;
        }
        return listing.set() ? Collections.unmodifiableSet(new LinkedHashSet<>(values)) : List.copyOf(values);
    }

    private @Nullable Object mapping(ValueType.Mapping mapping, Node node, Where where, @Nullable Component of) {
        if (!(node instanceof Node.Fields fields)) {
            problems.error(node.place(), where, "must be a map" + was(node));
            return null;
        }
        Map<String, Object> values = new LinkedHashMap<>(fields.entries().size() * 2);
        for (Map.Entry<String, Entry> entry : fields.entries().entrySet()) {
            int before = problems.incidents();
            Where at = where.key(entry.getKey());
            Object value = value(mapping.value(), entry.getValue().value(), at, of);
            if (value != null) {
                values.put(entry.getKey(), value);
            }
            if (problems.incidents() > before) {
                broken.add(at.toString());
            }
        }
        return Collections.unmodifiableMap(values);
    }

    private boolean inBounds(Component component, Object value, Node node, Where where) {
        Range range = component.range();
        if (range == null) {
            return true;
        }
        int size = switch (node) {
            case Node.Items items -> items.items().size();
            case Node.Fields fields -> fields.entries().size();
            case Node.Scalar _ -> -1;
        };
        boolean hidden = node instanceof Node.Scalar scalar && scalar.hidden();
        String problem = value instanceof List<?> || value instanceof Set<?> || value instanceof Map<?, ?>
                ? Values.outOfSize(range, size)
                : Values.outOfRange(range, value, hidden);
        if (problem != null) {
            problems.error(node.place(), where, problem);
        }
        return problem == null;
    }
}
