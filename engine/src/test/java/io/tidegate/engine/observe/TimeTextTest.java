package io.tidegate.engine.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimeTextTest {

    private static final DateTimeFormatter EXPECTED = DateTimeFormatter
            .ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final TimeText time = new TimeText();

    private String text(long epochMillis) {
        Line line = new Line(LineStyle.JSON);
        line.use(new byte[64], 0);
        time.writeTo(line, epochMillis);
        return new String(line.bytes(), 0, line.end(), StandardCharsets.US_ASCII);
    }

    @Test
    void agreesWithTheCalendarAtAnyTime() {
        Random random = new Random(7);
        long end = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
        for (int i = 0; i < 100_000; i++) {
            long millis = random.nextLong(end + 1);
            assertThat(text(millis)).isEqualTo(EXPECTED.format(Instant.ofEpochMilli(millis)));
        }
    }

    @Test
    void knowsLeapDaysAndTurnsOfTheYear() {
        for (String each : new String[]{"1970-01-01T00:00:00.000Z", "2000-02-29T12:00:00.001Z",
            "2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00.000Z", "2028-02-29T23:59:59.999Z",
            "2028-03-01T00:00:00.000Z", "2100-02-28T23:59:59.000Z", "2100-03-01T00:00:00.000Z"}) {
            assertThat(text(Instant.parse(each).toEpochMilli())).isEqualTo(each);
        }
    }

    @Test
    void followsAClockThatGoesBack() {
        assertThat(text(1_000_500)).isEqualTo("1970-01-01T00:16:40.500Z");
        assertThat(text(999_999)).isEqualTo("1970-01-01T00:16:39.999Z");
    }

    @Test
    void writesTheTimeOfTheDayAlone() {
        Line line = new Line(LineStyle.TEXT);
        line.use(new byte[64], 0);
        time.writeClockTo(line, 1_000_500);
        assertThat(new String(line.bytes(), 0, line.end(), StandardCharsets.US_ASCII)).isEqualTo("00:16:40.500");
    }
}
