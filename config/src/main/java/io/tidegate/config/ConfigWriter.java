package io.tidegate.config;

import io.tidegate.api.ByteSize;
import io.tidegate.api.ConditionConfig;
import io.tidegate.api.Ratio;
import io.tidegate.config.RecordShape.Component;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes a configuration as machines do: JSON, every key in the order in which it is declared, defaults included, long
/// forms only, `***` in place of secrets. But for those the loader reads it again, to an equal configuration.
public final class ConfigWriter {

    private final Shapes shapes = new Shapes();
    private final Secrets secrets;

    private ConfigWriter(Secrets secrets) {
        this.secrets = secrets;
    }

    /// The whole of a configuration, without what its records say is secret. What came from a file by `${file:…}` is
    /// only known to be secret where it is written by [#json(Loaded.Accepted)].
    public static String json(GatewayConfig config) {
        return JsonText.of(new ConfigWriter(Secrets.NONE).fields(config));
    }

    /// The whole of what was loaded, without any secret.
    public static String json(Loaded.Accepted loaded) {
        return JsonText.of(new ConfigWriter(loaded.secrets()).fields(loaded.config()));
    }

    /// The keys of one record, such as a policy's configuration, with texts, numbers, truth values, lists and maps.
    public static Map<String, Object> values(Record config, Secrets secrets) {
        return new ConfigWriter(secrets).fields(config);
    }

    /// An entry of a list of policies in its long form.
    public static Map<String, Object> values(PolicyConfig policy, Secrets secrets) {
        return new ConfigWriter(secrets).policy(policy);
    }

    private Map<String, Object> fields(Record config) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (Component component : shapes.of(config.getClass()).components().values()) {
            Object value = component.read(config);
            if (value != null) {
                fields.put(component.key(), component.secret() ? Secrets.HIDDEN : value(value));
            }
        }
        return fields;
    }

    private Object value(Object value) {
        return switch (value) {
            case String text -> text(text);
            case Duration duration -> Durations.format(duration);
            case ByteSize size -> size.toString();
            case Ratio ratio -> ratio.toString();
            case Enum<?> constant -> ValueType.Choice.written(Shapes.word(constant));
            case ConditionConfig condition -> text(condition.source());
            case PolicyConfig policy -> policy(policy);
            case ShareConfig share when share.when() == null -> share.share();
            case SplitByConfig split when split.key() != null && split.cookie() == null -> record(split.key());
            case Record config -> record(config);
            case Map<?, ?> map -> map(map);
            case Iterable<?> items -> {
                List<Object> list = new ArrayList<>();
                items.forEach(item -> list.add(value(item)));
                yield list;
            }
            default -> value;
        };
    }

    private Object text(String text) {
        return secrets.contains(text) ? Secrets.HIDDEN : text.replace("${", "$${");
    }

    private Object record(Record config) {
        RecordShape shape = shapes.of(config.getClass());
        if (!shape.onlyShort()) {
            return fields(config);
        }
        String text = config.toString();
        boolean number = shape.shorthands().stream().anyMatch(form -> form.type() == ValueType.Plain.INT);
        return number && text.matches("[0-9]{1,9}") ? Integer.valueOf(text) : text(text);
    }

    private Map<String, Object> map(Map<?, ?> map) {
        Map<String, Object> fields = new LinkedHashMap<>();
        map.forEach((key, value) -> fields.put(String.valueOf(key), value(Objects.requireNonNull(value))));
        return fields;
    }

    private Map<String, Object> policy(PolicyConfig policy) {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (policy.use() != null) {
            fields.put("use", policy.use());
        } else {
            fields.put("type", policy.type());
        }
        if (!policy.enabled()) {
            fields.put("enabled", false);
        }
        put(fields, "name", policy.name());
        put(fields, "when", policy.when());
        if (policy.observe()) {
            fields.put("mode", "observe");
        }
        if (policy.locked()) {
            fields.put("locked", true);
        }
        if (policy.config() != null) {
            fields.put("config", fields(policy.config()));
        }
        return fields;
    }

    private void put(Map<String, Object> fields, String key, @Nullable String text) {
        if (text != null) {
            fields.put(key, text(text));
        }
    }
}
