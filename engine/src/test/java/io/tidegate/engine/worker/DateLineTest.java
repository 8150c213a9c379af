package io.tidegate.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DateLineTest {

    private final DateLine dates = new DateLine();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"1994-11-06T08:49:37.999Z | Sun, 06 Nov 1994 08:49:37 GMT",
        "2026-09-30T23:59:59Z | Wed, 30 Sep 2026 23:59:59 GMT",
        "2028-02-29T00:00:00Z | Tue, 29 Feb 2028 00:00:00 GMT"})
    void writesTheDateAsHttpHasIt(Instant time, String expected) {
        assertThat(new String(dates.line(time.toEpochMilli()), StandardCharsets.US_ASCII))
                .isEqualTo("date: " + expected + "\r\n");
    }

    @Test
    void isPutTogetherOnceASecond() {
        byte[] line = dates.line(1_000_000_000L);
        assertThat(dates.line(1_000_000_999L)).isSameAs(line);
        assertThat(dates.line(1_000_001_000L)).isNotEqualTo(line);
        assertThat(dates.line(1_000_000_000L)).isEqualTo(line);
    }
}
