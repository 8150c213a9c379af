package io.tidegate.identity.authorize;

import io.tidegate.api.ClaimPath;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One claim and the values it may have. Looking at it allocates nothing where the claim is a text, a truth value or a
/// whole number that fits into 64 bits.
final class ClaimRule {

    /// A value as it is written, and what else it may stand for.
    private record Value(String text, @Nullable Long number, @Nullable Boolean truth) {

        static Value of(String text) {
            // Only as numbers are written: '007' and '+7' are texts.
            boolean whole = text.matches("0|-?[1-9][0-9]{0,17}");
            boolean truth = text.equals("true") || text.equals("false");
            return new Value(text, whole ? Long.valueOf(text) : null, truth ? Boolean.valueOf(text) : null);
        }

        boolean is(Object claim) {
            return switch (claim) {
                case String said -> said.equals(text);
                case Boolean said -> said.equals(truth);
                case Long said -> said.equals(number);
                case Integer said -> number != null && number == said.longValue();
                default -> claim.toString().equals(text);
            };
        }
    }

    private final ClaimPath path;
    private final Value[] values;

    ClaimRule(String name, ClaimConfig config) {
        this.path = ClaimPath.of(name);
        this.values = config.anyOf().stream().map(Value::of).toArray(Value[]::new);
    }

    /// Whether the claim is there and has one of the values.
    boolean holds(Map<String, Object> claims) {
        Object claim = path.in(claims);
        if (claim == null || claim instanceof Map<?, ?>) {
            return false;
        }
        if (claim instanceof List<?> items) {
            for (int i = 0; i < items.size(); i++) {
                Object item = items.get(i);
                if (item != null && !(item instanceof Map<?, ?>) && !(item instanceof List<?>) && isOne(item)) {
                    return true;
                }
            }
            return false;
        }
        return isOne(claim);
    }

    private boolean isOne(Object claim) {
        for (Value value : values) {
            if (value.is(claim)) {
                return true;
            }
        }
        return false;
    }
}
