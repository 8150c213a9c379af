package io.tidegate.engine.wire;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;

/// The field `Retry-After` of a response (RFC 9110 §10.2.3): seconds, or a date.
public final class RetryAfter {

    private RetryAfter() {
    }

    /// How long the service asks to wait, in nanoseconds; 0 where it does not say so in a way that can be read.
    public static long nanos(ResponseHead head) {
        String value = NamedFields.value(head, "retry-after");
        return value == null ? 0 : nanos(value, Instant.now());
    }

    static long nanos(String value, Instant now) {
        if (value.matches("[0-9]{1,9}")) {
            return TimeUnit.SECONDS.toNanos(Long.parseLong(value));
        }
        try {
            Duration wait = Duration.between(now,
                    ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
            return wait.isNegative() ? 0 : TimeUnit.SECONDS.toNanos(wait.toSeconds() + 1);
        } catch (DateTimeException | ArithmeticException e) {
            return 0;
        }
    }
}
