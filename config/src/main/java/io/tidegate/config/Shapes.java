package io.tidegate.config;

import io.tidegate.api.ByteSize;
import io.tidegate.api.ConditionConfig;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Named;
import io.tidegate.api.Pattern;
import io.tidegate.api.Range;
import io.tidegate.api.Ratio;
import io.tidegate.api.Secret;
import io.tidegate.api.Shorthand;
import io.tidegate.config.RecordShape.Component;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the shapes of configuration records from their annotations, each once. For one thread.
final class Shapes {

    private final Map<Class<?>, RecordShape> shapes = new LinkedHashMap<>();

    /// The shape of a record.
    ///
    /// @throws UnusableRecordException
    ///             where the record has a component that can't be configured: a fault of whoever wrote it
    RecordShape of(Class<? extends Record> type) {
        RecordShape known = shapes.get(type);
        if (known == null) {
            known = read(type);
            shapes.put(type, known);
        }
        return known;
    }

    /// Reads the shape of a record and of everything in it.
    ///
    /// @throws UnusableRecordException
    ///             where something in it can't be configured
    void verify(Class<? extends Record> type) {
        if (shapes.containsKey(type)) {
            return;
        }
        RecordShape shape = of(type);
        for (Component component : shape.components().values()) {
            ValueType inner = component.type();
            while (inner instanceof ValueType.Listing || inner instanceof ValueType.Mapping) {
                inner = inner instanceof ValueType.Listing listing
                        ? listing.item()
                        : ((ValueType.Mapping) inner).value();
            }
            if (inner instanceof ValueType.Struct struct && !shape.onlyShort()) {
                verify(struct.type());
            }
        }
    }

    private static RecordShape read(Class<? extends Record> type) {
        RecordComponent[] declared = type.getRecordComponents();
        List<RecordShape.Shorthand> shorthands = new ArrayList<>();
        for (Method method : type.getDeclaredMethods()) {
            if (method.isAnnotationPresent(Shorthand.class)) {
                shorthands.add(shorthand(type, method));
            }
        }
        // Numbers and truth values first: a substitution that can be one of them is.
        shorthands.sort(Comparator.comparing(shorthand -> shorthand.type() == ValueType.Plain.TEXT));
        boolean onlyShort = !shorthands.isEmpty()
                && Arrays.stream(declared).allMatch(component -> doc(component).isEmpty());
        Map<String, Component> components = new LinkedHashMap<>();
        // What is never written as a map may be made of anything: a moment, an address.
        for (int i = 0; i < declared.length && !onlyShort; i++) {
            Component component = component(type, declared[i], i);
            components.put(component.key(), component);
        }
        return new RecordShape(type, doc(type), components, List.copyOf(shorthands), constructor(type), onlyShort);
    }

    private static Constructor<? extends Record> constructor(Class<? extends Record> type) {
        Class<?>[] parameters = Arrays.stream(type.getRecordComponents()).map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<? extends Record> constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RecordShape.Shorthand shorthand(Class<?> type, Method method) {
        method.setAccessible(true);
        ValueType value = method.getParameterCount() == 1 ? plain(method.getParameterTypes()[0]) : null;
        if (value instanceof ValueType.Plain simple) {
            return new RecordShape.Shorthand(simple, method, null);
        }
        if (value instanceof ValueType.Choice words) {
            return new RecordShape.Shorthand(ValueType.Plain.TEXT, method, words);
        }
        throw new UnusableRecordException("the short form of " + type.getName()
                + " must take one text, number, truth value, duration, size, ratio or word");
    }

    private static Component component(Class<?> owner, RecordComponent component, int index) {
        Named named = component.getAnnotation(Named.class);
        Default byDefault = component.getAnnotation(Default.class);
        component.getAccessor().setAccessible(true);
        return new Component(named == null ? component.getName() : named.value(), index,
                type(owner, component, component.getGenericType()),
                component.getAnnotatedType().isAnnotationPresent(Nullable.class),
                byDefault == null ? null : byDefault.value(), doc(component), component.getAnnotation(Range.class),
                component.getAnnotation(Pattern.class), component.isAnnotationPresent(Secret.class),
                component.getAccessor());
    }

    /// What the `@Doc` of an element says.
    static String doc(AnnotatedElement element) {
        Doc doc = element.getAnnotation(Doc.class);
        return doc == null ? "" : doc.value();
    }

    private static ValueType type(Class<?> owner, RecordComponent component, Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class || generic.getRawType() == Set.class) {
                return new ValueType.Listing(type(owner, component, arguments[0]), generic.getRawType() == Set.class);
            }
            if (generic.getRawType() == Map.class && arguments[0] == String.class) {
                return new ValueType.Mapping(type(owner, component, arguments[1]));
            }
        }
        ValueType found = type instanceof Class<?> raw ? plain(raw) : null;
        if (found == null) {
            throw new UnusableRecordException(owner.getName() + "." + component.getName()
                    + " is of a type that can't be configured: " + type.getTypeName());
        }
        return found;
    }

    private static @Nullable ValueType plain(Class<?> type) {
        if (type.isEnum()) {
            return new ValueType.Choice(type, constants(type));
        }
        if (type == String.class) {
            return ValueType.Plain.TEXT;
        }
        if (type == boolean.class || type == Boolean.class) {
            return ValueType.Plain.FLAG;
        }
        if (type == int.class || type == Integer.class) {
            return ValueType.Plain.INT;
        }
        if (type == long.class || type == Long.class) {
            return ValueType.Plain.LONG;
        }
        if (type == double.class || type == Double.class) {
            return ValueType.Plain.DECIMAL;
        }
        if (type == Duration.class) {
            return ValueType.Plain.DURATION;
        }
        if (type == ByteSize.class) {
            return ValueType.Plain.SIZE;
        }
        if (type == Ratio.class) {
            return ValueType.Plain.RATIO;
        }
        if (type == ConditionConfig.class) {
            return ValueType.Plain.CONDITION;
        }
        if (type == PolicyConfig.class) {
            return ValueType.Plain.POLICY;
        }
        return type.isRecord() ? new ValueType.Struct(type.asSubclass(Record.class)) : null;
    }

    private static Map<String, Enum<?>> constants(Class<?> type) {
        Map<String, Enum<?>> constants = new LinkedHashMap<>();
        for (Object constant : type.getEnumConstants()) {
            Enum<?> value = (Enum<?>) constant;
            constants.put(word(value), value);
        }
        return constants;
    }

    /// The word users write for a constant: `leastRequests` for `LEAST_REQUESTS`, unless it is [Named].
    static String word(Enum<?> constant) {
        Named named = field(constant).getAnnotation(Named.class);
        if (named != null) {
            return named.value();
        }
        StringBuilder word = new StringBuilder();
        for (String part : constant.name().split("_", -1)) {
            String lower = part.toLowerCase(Locale.ROOT);
            word.append(word.isEmpty() || lower.isEmpty()
                    ? lower
                    : Character.toUpperCase(lower.charAt(0)) + lower.substring(1));
        }
        return word.toString();
    }

    /// What the `@Doc` of a constant says.
    static String doc(Enum<?> constant) {
        return doc((AnnotatedElement) field(constant));
    }

    private static java.lang.reflect.Field field(Enum<?> constant) {
        try {
            return constant.getDeclaringClass().getDeclaredField(constant.name());
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }
}
