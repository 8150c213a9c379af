package io.tidegate.api;

import java.math.BigDecimal;

/// A share of a whole, as users write it: `50%`, `0.5%`.
///
/// @param value
///            0 to 1
public record Ratio(double value) {

    /// Refuses what is no share.
    public Ratio {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("must be 0% to 100% (was " + value * 100 + "%)");
        }
    }

    /// Reads `50%`.
    ///
    /// @throws IllegalArgumentException
    ///             for anything else, saying what was expected
    public static Ratio parse(String text) {
        String number = text.endsWith("%") ? text.substring(0, text.length() - 1) : "";
        if (number.matches("[0-9]{1,3}(\\.[0-9]{1,6})?")) {
            double percent = Double.parseDouble(number);
            if (percent <= 100) {
                return new Ratio(percent / 100);
            }
        }
        throw new IllegalArgumentException("must be a share such as 50% (was '" + text + "')");
    }

    @Override
    public String toString() {
        return BigDecimal.valueOf(value).movePointRight(2).stripTrailingZeros().toPlainString() + "%";
    }
}
