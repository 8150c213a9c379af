package io.tidegate.config;

import io.tidegate.api.Range;
import io.tidegate.config.Node.Scalar.Kind;
import java.math.BigInteger;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Reads numbers and truth values, and says what was expected of a value.
final class Values {

    private Values() {
    }

    /// A value, or why there is none.
    ///
    /// @param value
    ///            the value, or null
    /// @param problem
    ///            what is wrong, or null
    record Read(@Nullable Object value, @Nullable String problem) {
    }

    /// What a type is called after 'must be'.
    static String expected(ValueType.Plain type) {
        return switch (type) {
            case TEXT -> "a text";
            case FLAG -> "true or false";
            case INT, LONG -> "a whole number";
            case DECIMAL -> "a number";
            case DURATION -> "a duration such as 250ms, 5s, 1m, 2h or 30d";
            case SIZE -> "a size such as 512B, 64KiB, 10MiB or unlimited";
            case RATIO -> "a share such as 50%";
            case CONDITION -> "a condition such as request.path == '/'";
            case POLICY -> "a policy such as '- cors: {}'";
        };
    }

    /// `one of a, b and c`.
    static String oneOf(Collection<String> words) {
        return (words.size() == 1 ? "" : "one of ") + String.join(", ", words);
    }

    /// Reads a number or a truth value.
    static Read read(ValueType.Plain type, Node.Scalar scalar) {
        String text = scalar.text();
        return switch (type) {
            case FLAG -> {
                boolean yes = text.equalsIgnoreCase("true");
                yield scalar.is(Kind.BOOLEAN) && (yes || text.equalsIgnoreCase("false"))
                        ? new Read(yes, null)
                        : refused(type, scalar);
            }
            case INT -> whole(type, scalar, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> whole(type, scalar, Long.MIN_VALUE, Long.MAX_VALUE);
            default -> {
                boolean number = scalar.is(Kind.DECIMAL) || scalar.kind() == Kind.INTEGER;
                yield number && text.matches("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
                        ? new Read(Double.parseDouble(text), null)
                        : refused(type, scalar);
            }
        };
    }

    private static Read whole(ValueType.Plain type, Node.Scalar scalar, long least, long most) {
        if (!scalar.is(Kind.INTEGER) || !scalar.text().matches("[-+]?[0-9]+")) {
            return refused(type, scalar);
        }
        // Cut short before it is parsed: a million digits would take their time.
        BigInteger value = scalar.text().length() > 40 ? null : new BigInteger(scalar.text());
        boolean negative = scalar.text().startsWith("-");
        if (value == null || value.bitLength() > 63 || value.longValue() < least || value.longValue() > most) {
            String bound = negative ? "must be at least " + least : "must be at most " + most;
            return new Read(null, bound + " (was " + scalar.found() + ")");
        }
        return new Read(type == ValueType.Plain.INT ? (Object) value.intValue() : (Object) value.longValue(), null);
    }

    private static Read refused(ValueType.Plain type, Node.Scalar scalar) {
        return new Read(null, "must be " + expected(type) + " (was " + scalar.found() + ")");
    }

    /// What is wrong with a number, or null.
    static @Nullable String outOfRange(Range range, Object value, boolean hidden) {
        if (!(value instanceof Number number)) {
            return null;
        }
        String was = hidden ? " (its value is hidden)" : " (was " + value + ")";
        if (number.doubleValue() < range.min() || (value instanceof Long whole && whole < range.min())) {
            return "must be at least " + range.min() + was;
        }
        if (number.doubleValue() > range.max() || (value instanceof Long whole && whole > range.max())) {
            return "must be at most " + range.max() + was;
        }
        return null;
    }

    /// What is wrong with the size of a list or a map, or null.
    static @Nullable String outOfSize(Range range, int size) {
        if (size < range.min()) {
            return size == 0
                    ? "must not be empty"
                    : "must have at least " + range.min() + " entries (has " + size + ")";
        }
        return size > range.max() ? "must have at most " + range.max() + " entries (has " + size + ")" : null;
    }

    /// Whether a scalar can be of this type, as it is written.
    static boolean fits(ValueType.Plain type, Node.Scalar scalar) {
        return switch (type) {
            case INT, LONG -> scalar.kind() == Kind.INTEGER
                    || (scalar.kind() == Kind.SUBSTITUTED && scalar.text().matches("[-+]?[0-9]+"));
            case FLAG -> scalar.kind() == Kind.BOOLEAN || (scalar.kind() == Kind.SUBSTITUTED
                    && (scalar.text().equals("true") || scalar.text().equals("false")));
            case DECIMAL -> scalar.kind() == Kind.INTEGER || scalar.kind() == Kind.DECIMAL;
            case TEXT, DURATION, SIZE, RATIO, CONDITION, POLICY -> scalar.is(Kind.TEXT);
        };
    }
}
