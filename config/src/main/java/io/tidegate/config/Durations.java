package io.tidegate.config;

import java.time.Duration;

/// Durations as users write them: `250ms`, `5s`, `1m`, `2h`, `30d`.
public final class Durations {

    // Far beyond any use, and far below where a long of nanoseconds overflows.
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private static final String EXPECTED = "must be a duration such as 250ms, 5s, 1m, 2h or 30d";

    private Durations() {
    }

    /// Reads one.
    ///
    /// @throws IllegalArgumentException
    ///             for anything else, and for more than 36500 days
    public static Duration parse(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        if (digits == 0 || digits > 15) {
            throw new IllegalArgumentException(EXPECTED + " (was '" + text + "')");
        }
        long number = Long.parseLong(text.substring(0, digits));
        Duration value = switch (text.substring(digits)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofSeconds(Math.multiplyExact(number, 60L));
            case "h" -> Duration.ofSeconds(Math.multiplyExact(number, 3600L));
            case "d" -> Duration.ofSeconds(Math.multiplyExact(number, 86_400L));
            default -> throw new IllegalArgumentException(EXPECTED + " (was '" + text + "')");
        };
        if (value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("must be at most 36500d (was '" + text + "')");
        }
        return value;
    }

    /// Writes one in its largest whole unit; what is finer than a millisecond is cut off.
    public static String format(Duration value) {
        long millis = value.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        if (seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
    }
}
