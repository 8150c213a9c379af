package io.tidegate.engine.mirror;

import io.tidegate.engine.observe.SecretNames;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How much of a value is told where two differ.
final class ShownValues {

    /// Stands where one of the two has nothing.
    static final String NOTHING = "nothing";

    private static final int LONGEST = 80;
    private static final String HIDDEN = "***";

    private final boolean shown;

    /// @param shown
    ///            whether values are told at all, or only what they are
    ShownValues(boolean shown) {
        this.shown = shown;
    }

    /// A text, told or described.
    ///
    /// @param name
    ///            that it goes by
    String text(String name, String text) {
        if (SecretNames.isSecret(name)) {
            return HIDDEN;
        }
        return shown ? cut(text) : "text of " + text.length() + " characters";
    }

    /// A value of JSON, told or described.
    ///
    /// @param name
    ///            the key that it stands at
    String json(String name, @Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> fields -> "object of " + fields.size() + " keys";
            case List<?> items -> "array of " + items.size();
            case String text -> shown && !SecretNames.isSecret(name) ? '"' + cut(text) + '"' : text(name, text);
            case BigDecimal number -> SecretNames.isSecret(name) ? HIDDEN : shown ? cut(number.toString()) : "number";
            default -> SecretNames.isSecret(name) ? HIDDEN : shown ? value.toString() : "boolean";
        };
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }
}
