package io.tidegate.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
    private static final KeyPair KEY = Keys.elliptic();

    private static X509Certificate living(Duration life, long serial) {
        return Issued.to("one.test", KEY, FROM, FROM.plus(life), serial);
    }

    private static Duration age(X509Certificate certificate, Duration before) {
        return Duration.between(FROM, Schedule.renewal(certificate, before));
    }

    @Test
    void aThirdOfTheLifeIsLeftWhereNothingIsSaid() {
        assertThat(Schedule.renewal(living(Duration.ofDays(90), 1000), null)).isEqualTo(FROM.plus(Duration.ofDays(60)));
        assertThat(Schedule.renewal(living(Duration.ofDays(6), 1000), null)).isEqualTo(FROM.plus(Duration.ofDays(4)));
    }

    @Test
    void elseAsMuchAsIsSaidButNotBeforeATenthIsOver() {
        X509Certificate certificate = living(Duration.ofDays(90), 1000);
        assertThat(age(certificate, Duration.ofDays(30))).isEqualTo(Duration.ofDays(60));
        assertThat(age(certificate, Duration.ofHours(1))).isEqualTo(Duration.ofDays(90).minusHours(1));
        assertThat(age(certificate, Duration.ofDays(89))).isEqualTo(Duration.ofDays(9));
        assertThat(age(certificate, Duration.ofDays(9000))).isEqualTo(Duration.ofDays(9));
    }

    @Test
    void certificatesOfTheSameDayAreRenewedOnOthers() {
        List<Duration> ages = List.of(0L, 500L, 999L).stream()
                .map(serial -> age(living(Duration.ofDays(90), serial + 1000), Duration.ofDays(30))).toList();
        assertThat(ages).containsExactly(Duration.ofDays(60), Duration.ofDays(60).minusHours(36),
                Duration.ofDays(60).minus(Duration.ofDays(3).multipliedBy(999).dividedBy(1000)));
    }

    @Test
    void waitsDoubleUpToSixHoursAndAsLongAsTheAuthorityWants() {
        IssueException plain = new IssueException("k", "m");
        Failure failure = Failure.after(null, FROM, plain);
        assertThat(failure.next()).isEqualTo(FROM.plus(Duration.ofMinutes(5)));
        long[] minutes = {10, 20, 40, 80, 160, 320, 360, 360};
        for (long expected : minutes) {
            failure = Failure.after(failure, FROM, plain);
            assertThat(failure.next()).isEqualTo(FROM.plus(Duration.ofMinutes(expected)));
            assertThat(failure.nextAfterStart()).isEqualTo(FROM.plus(Duration.ofMinutes(5)));
        }
        for (int i = 0; i < 100; i++) {
            failure = Failure.after(failure, FROM, plain);
        }
        assertThat(failure.next()).isEqualTo(FROM.plus(Duration.ofHours(6)));
        Failure limited = Failure.after(null, FROM,
                new IssueException("k", "m", FROM.plus(Duration.ofDays(2)), null));
        assertThat(limited.next()).isEqualTo(FROM.plus(Duration.ofDays(2)));
        assertThat(limited.nextAfterStart()).isEqualTo(FROM.plus(Duration.ofDays(2)));
        Failure soon = Failure.after(null, FROM, new IssueException("k", "m", FROM.plusSeconds(1), null));
        assertThat(soon.next()).isEqualTo(FROM.plus(Duration.ofMinutes(5)));
    }
}
