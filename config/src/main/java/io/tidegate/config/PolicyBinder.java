package io.tidegate.config;

import io.tidegate.api.Condition;
import io.tidegate.api.ConditionConfig;
import io.tidegate.api.ConditionLanguage;
import io.tidegate.api.ConfigException;
import io.tidegate.api.PolicyFactory;
import io.tidegate.config.Node.Entry;
import io.tidegate.config.Node.Scalar.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Makes [PolicyConfig]s: `- cors: { … }`, `- cors: false`, `- use: partner`, and the long form
/// `- { type: cors, config: { … } }`.
final class PolicyBinder {

    private static final Set<String> BESIDE = Set.of("name", "when", "mode", "locked");
    private static final Set<String> LONG = Set.of("type", "enabled", "config");

    private final Plugins plugins;
    private final Binder binder;
    private final ProblemList problems;
    private final Nearest nearest;

    PolicyBinder(Plugins plugins, Binder binder, ProblemList problems, Nearest nearest) {
        this.plugins = plugins;
        this.binder = binder;
        this.problems = problems;
        this.nearest = nearest;
    }

    /// What an entry is about: the part that its two forms write differently.
    ///
    /// @param type
    ///            its kind
    /// @param enabled
    ///            false where it switches its kind off
    /// @param config
    ///            its own configuration or the name of a set; null where it is left out
    /// @param configWhere
    ///            the path of that
    private record Core(String type, boolean enabled, @Nullable Node config, Where configWhere) {
    }

    /// An entry of a list of policies, or null with a problem.
    @Nullable
    PolicyConfig bind(Node node, Where where) {
        if (!(node instanceof Node.Fields fields)) {
            problems.error(node.place(), where,
                    "must be a policy such as '- cors: {}' (was " + node.found() + ")");
            return null;
        }
        Core core = fields.entries().containsKey("type") ? longForm(fields, where) : shortForm(fields, where);
        String name = text(fields, "name", where);
        String when = text(fields, "when", where);
        Condition condition = when == null ? null : when(fields, where);
        Boolean observe = observe(fields, where);
        Boolean locked = flag(fields, "locked", where);
        if (core == null || observe == null || locked == null) {
            return null;
        }
        if (!core.enabled() && !onlyOff(fields, where, core.type())) {
            return null;
        }
        return make(fields, where, core, new Beside(name, when, condition, observe, locked));
    }

    /// What may stand beside the kind.
    private record Beside(@Nullable String name, @Nullable String when, @Nullable Condition condition, boolean observe,
            boolean locked) {
    }

    private @Nullable PolicyConfig make(Node.Fields fields, Where where, Core core, Beside beside) {
        String use = null;
        PolicyFactory<?> factory = null;
        Record config = null;
        if (core.type().equals("use")) {
            use = useOf(fields, core, where);
            if (use == null) {
                return null;
            }
        } else {
            factory = plugins.policies().get(core.type());
            if (factory == null) {
                return null;
            }
            Node node = core.config() == null ? Node.Fields.empty(fields.place()) : core.config();
            if (core.enabled() || core.config() != null) {
                config = factory instanceof AnyOfFactory && node instanceof Node.Items items
                        ? anyOf(items, core.configWhere())
                        : own(factory, node, core.configWhere());
                if (config == null) {
                    return null;
                }
            }
        }
        return new PolicyConfig(core.type(), core.enabled() ? factory : null, core.enabled() ? config : null, use,
                core.enabled(), beside.name(), beside.when(), beside.condition(), beside.observe(), beside.locked(),
                where.toString(), fields.place());
    }

    /// The configuration of a policy, or null with a problem: one whose record can't be configured may be on the
    /// class path.
    private @Nullable Record own(PolicyFactory<?> factory, Node node, Where where) {
        try {
            return binder.bind(factory.configType(), node, where);
        } catch (UnusableRecordException e) {
            problems.error(node.place(), where, "the policy '" + factory.type() + "' can't be used: "
                    + e.getMessage());
            return null;
        }
    }

    private @Nullable AnyOfConfig anyOf(Node.Items items, Where where) {
        List<PolicyConfig> policies = new ArrayList<>();
        for (int i = 0; i < items.items().size(); i++) {
            PolicyConfig policy = bind(items.items().get(i), where.item(i));
            if (policy != null) {
                policies.add(policy);
            }
        }
        if (policies.size() < items.items().size()) {
            return null;
        }
        try {
            return new AnyOfConfig(policies);
        } catch (ConfigException e) {
            problems.error(items.place(), where, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private @Nullable String useOf(Node.Fields fields, Core core, Where where) {
        Entry name = fields.entries().get("name");
        if (name != null) {
            problems.error(name.place(), where.key("name"), "can't stand beside 'use': a set has no name of its own");
        }
        if (core.config() instanceof Node.Scalar scalar && scalar.is(Kind.TEXT)) {
            return scalar.text();
        }
        if (core.config() instanceof Node.Scalar scalar && scalar.kind() == Kind.BROKEN) {
            problems.again();
            return null;
        }
        problems.error(core.config() == null ? fields.place() : core.config().place(), core.configWhere(),
                "must be the name of a policy set");
        return null;
    }

    // The two forms.

    private @Nullable Core shortForm(Node.Fields fields, Where where) {
        List<String> kinds = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (String key : fields.entries().keySet()) {
            if (plugins.policies().containsKey(key) || key.equals("use")) {
                kinds.add(key);
            } else if (!BESIDE.contains(key)) {
                unknown.add(key);
            }
        }
        boolean known = !kinds.isEmpty();
        for (String key : unknown) {
            Set<String> candidates = new TreeSet<>(known ? BESIDE : plugins.policies().keySet());
            candidates.add(known ? "name" : "use");
            problems.error(placeOf(fields, key), where.key(key),
                    (known ? "unknown key" : "no policy is of the kind '" + key + "'") + nearest.hint(key, candidates)
                            + (known ? "" : kindsWhereFew()));
        }
        if (kinds.isEmpty() && unknown.isEmpty()) {
            problems.error(fields.place(), where,
                    "must have the kind of a policy as a key, such as '- cors: {}'" + kindsWhereFew());
        }
        if (kinds.size() > 1) {
            problems.error(placeOf(fields, kinds.get(1)), where.key(kinds.get(1)),
                    "stands beside '" + kinds.getFirst() + "': each entry is one policy");
        }
        if (kinds.size() != 1) {
            return null;
        }
        String kind = kinds.getFirst();
        Entry entry = fields.entries().get(kind);
        Node value = entry == null ? null : entry.value();
        Where at = where.key(kind);
        if (value instanceof Node.Scalar scalar && scalar.is(Kind.BOOLEAN) && scalar.text().equals("false")
                && !kind.equals("use")) {
            return new Core(kind, false, null, at);
        }
        if (value instanceof Node.Scalar scalar && scalar.kind() == Kind.NULL) {
            problems.error(placeOf(fields, kind), at,
                    kind.equals("use")
                            ? "must be the name of a policy set (was empty)"
                            : "has no value: write '{}' for its defaults, or 'false' to switch it off");
            return null;
        }
        return new Core(kind, true, value, at);
    }

    private String kindsWhereFew() {
        return plugins.policies().isEmpty() ? ": no policies were found on the class path" : "";
    }

    private @Nullable Core longForm(Node.Fields fields, Where where) {
        for (String key : fields.entries().keySet()) {
            if (!LONG.contains(key) && !BESIDE.contains(key)) {
                Set<String> keys = new TreeSet<>(LONG);
                keys.addAll(BESIDE);
                problems.error(placeOf(fields, key), where.key(key), "unknown key" + nearest.hint(key, keys));
            }
        }
        String type = text(fields, "type", where);
        Boolean enabled = fields.entries().containsKey("enabled") ? flag(fields, "enabled", where) : Boolean.TRUE;
        if (type == null || enabled == null) {
            return null;
        }
        if (!plugins.policies().containsKey(type) && !type.equals("use")) {
            Collection<String> kinds = plugins.policies().keySet();
            problems.error(placeOf(fields, "type"), where.key("type"),
                    "no policy is of the kind '" + type + "'" + nearest.hint(type, kinds) + kindsWhereFew());
            return null;
        }
        Entry config = fields.entries().get("config");
        return new Core(type, enabled, config == null ? null : config.value(), where.key("config"));
    }

    private boolean onlyOff(Node.Fields fields, Where where, String type) {
        boolean alone = true;
        for (String key : fields.entries().keySet()) {
            if (BESIDE.contains(key)) {
                problems.error(placeOf(fields, key), where.key(key),
                        "means nothing where '" + type + "' is switched off");
                alone = false;
            }
        }
        return alone;
    }

    // What stands beside the kind.

    private static Place placeOf(Node.Fields fields, String key) {
        Entry entry = fields.entries().get(key);
        return entry == null ? fields.place() : entry.place();
    }

    private static Place valuePlace(Node.Fields fields, String key) {
        Entry entry = fields.entries().get(key);
        return entry == null ? fields.place() : entry.value().place();
    }

    private @Nullable String text(Node.Fields fields, String key, Where where) {
        Entry entry = fields.entries().get(key);
        if (entry == null) {
            return null;
        }
        if (entry.value() instanceof Node.Scalar scalar && scalar.is(Kind.TEXT) && !scalar.text().isEmpty()) {
            return scalar.text();
        }
        if (!(entry.value() instanceof Node.Scalar scalar) || scalar.kind() != Kind.BROKEN) {
            problems.error(entry.value().place(), where.key(key),
                    "must be a text (was " + entry.value().found() + ")");
        }
        return null;
    }

    private @Nullable Boolean flag(Node.Fields fields, String key, Where where) {
        Entry entry = fields.entries().get(key);
        if (entry == null) {
            return false;
        }
        if (entry.value() instanceof Node.Scalar scalar) {
            if (scalar.kind() == Kind.BROKEN) {
                problems.again();
                return null;
            }
            Values.Read read = Values.read(ValueType.Plain.FLAG, scalar);
            if (read.value() instanceof Boolean value) {
                return value;
            }
        }
        problems.error(entry.value().place(), where.key(key),
                "must be true or false (was " + entry.value().found() + ")");
        return null;
    }

    private @Nullable Boolean observe(Node.Fields fields, Where where) {
        String mode = text(fields, "mode", where);
        if (mode == null) {
            return fields.entries().containsKey("mode") ? null : Boolean.FALSE;
        }
        if (mode.equals("observe") || mode.equals("enforce")) {
            return mode.equals("observe");
        }
        problems.error(valuePlace(fields, "mode"), where.key("mode"),
                "must be one of enforce, observe (was the text '" + mode + "')"
                        + nearest.hint(mode, List.of("enforce", "observe")));
        return null;
    }

    /// A condition within the configuration of a policy, or null with a problem.
    @Nullable
    ConditionConfig condition(Node.Scalar scalar, Where where) {
        if (!scalar.is(Kind.TEXT) || scalar.text().isBlank()) {
            problems.error(scalar.place(), where, "must be " + Values.expected(ValueType.Plain.CONDITION) + " (was "
                    + scalar.found() + ")");
            return null;
        }
        Condition condition = compile(scalar, where);
        return condition == null ? null : new ConditionConfig(scalar.text(), condition);
    }

    private @Nullable Condition when(Node.Fields fields, Where where) {
        Entry entry = fields.entries().get("when");
        return entry != null && entry.value() instanceof Node.Scalar scalar
                ? compile(scalar, where.key("when"))
                : null;
    }

    private @Nullable Condition compile(Node.Scalar source, Where where) {
        ConditionLanguage language = plugins.conditions();
        if (language == null) {
            problems.error(source.place(), where, "conditions need the module 'expressions', which was not found");
            return null;
        }
        try {
            return language.compile(source.text());
        } catch (ConfigException e) {
            problems.error(source.place(), where, source.hidden()
                    ? "is no condition (its value is hidden)"
                    : String.valueOf(e.getMessage()));
            return null;
        }
    }
}
