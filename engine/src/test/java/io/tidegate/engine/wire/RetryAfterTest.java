package io.tidegate.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How long a service asks to wait.
class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-11-29T08:49:37Z");

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            0                             | 0
            120                           | 120
            999999999                     | 999999999
            9999999999                    | 0
            -1                            | 0
            1.5                           | 0
            soon                          | 0
            Sun, 29 Nov 2026 08:49:37 GMT | 1
            Sun, 29 Nov 2026 08:50:37 GMT | 61
            Sun, 29 Nov 2026 08:48:00 GMT | 0
            Mon, 29 Nov 2026 08:50:37 GMT | 0
            """)
    void isReadAsSecondsOrAsADate(String value, long seconds) {
        assertThat(RetryAfter.nanos(value, NOW)).isEqualTo(TimeUnit.SECONDS.toNanos(seconds));
    }
}
