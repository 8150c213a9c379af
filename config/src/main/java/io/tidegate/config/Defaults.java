package io.tidegate.config;

import io.tidegate.config.Node.Entry;
import io.tidegate.config.RecordShape.Component;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What stands in for keys that are left out, each read once. For one load and one thread.
final class Defaults {

    private final Nearest nearest;
    private final IdentityHashMap<Component, Object> known = new IdentityHashMap<>();

    Defaults(Nearest nearest) {
        this.nearest = nearest;
    }

    /// The default of a component, or null where it has none.
    ///
    /// @throws UnusableRecordException
    ///             where it can't be read: a fault of whoever wrote the record
    @Nullable
    Object of(Component component) {
        String text = component.defaultText();
        if (text == null) {
            return null;
        }
        Object value = known.get(component);
        if (value == null) {
            value = read(component, text);
            known.put(component, value);
        }
        return value;
    }

    private Object read(Component component, String text) {
        ProblemList own = new ProblemList(new Secrets.Collector());
        Node simple = YamlReader.simple(text);
        Node node = simple == null ? parsed(text, own) : simple;
        Binder reader = new Binder(Plugins.none(), own, new Secrets.Collector(), nearest);
        Object value = node == null ? null : reader.component(component, node, Where.ROOT);
        if (value == null || own.hasErrors()) {
            throw new UnusableRecordException("the default of " + component.accessor() + " can't be read: "
                    + own.sorted(List.of()));
        }
        return value;
    }

    private static @Nullable Node parsed(String text, ProblemList problems) {
        Node.Fields holder = YamlReader.read("", Path.of(""), "value: " + text,
                new Substitution(name -> null, new Secrets.Collector()), problems, "value");
        Entry entry = holder == null ? null : holder.entries().get("value");
        return entry == null ? null : entry.value();
    }
}
