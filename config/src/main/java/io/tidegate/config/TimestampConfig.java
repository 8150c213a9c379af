package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// A moment, as RFC 3339 writes it: `2027-01-31T12:00:00Z`; or a day, `2027-01-31`, which begins at midnight UTC.
///
/// @param seconds
///            since 1970-01-01T00:00:00Z
/// @param nanos
///            beyond them, 0 to 999999999
@Doc("A moment such as `2027-01-31T12:00:00Z`, or a day such as `2027-01-31`, which begins at midnight UTC.")
public record TimestampConfig(long seconds, int nanos) {

    private static final int DAY = 10;

    /// Reads one.
    @Shorthand
    public static TimestampConfig of(String text) {
        try {
            Instant time = text.length() == DAY
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
            return new TimestampConfig(time.getEpochSecond(), time.getNano());
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "must be a moment such as 2027-01-31T12:00:00Z or 2027-01-31 (was '" + text + "')", e);
        }
    }

    /// The moment itself.
    public Instant time() {
        return Instant.ofEpochSecond(seconds, nanos);
    }

    @Override
    public String toString() {
        return time().toString();
    }
}
