package io.tidegate.control.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.control.admin.AttemptLimit.Outcome;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AttemptLimitTest {

    private static final InetAddress ONE = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress OTHER = InetAddress.ofLiteral("127.0.0.2");

    private long now;
    private final AttemptLimit limit = new AttemptLimit(() -> now);

    private Outcome wrong(InetAddress address) {
        return limit.attempt(address, () -> false);
    }

    private Outcome right(InetAddress address) {
        return limit.attempt(address, () -> true);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void answersEachWrongTokenLaterThanTheOneBefore() {
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            pauses.add(((Outcome.Wrong) wrong(ONE)).pause());
        }

        assertThat(pauses).containsExactly(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(400),
                Duration.ofMillis(800));
    }

    @Test
    void shutsOutForTwiceAsLongEachTimeUpToAMinute() {
        for (int i = 1; i < AttemptLimit.SHUT_OUT_FROM; i++) {
            wrong(ONE);
        }
        for (int seconds : new int[]{1, 2, 4, 8, 16, 32, 60, 60}) {
            wrong(ONE);
            assertThat(right(ONE)).isEqualTo(new Outcome.ShutOut(Duration.ofSeconds(seconds)));
            pass(Duration.ofSeconds(seconds).minusNanos(1));
            assertThat(right(ONE)).isEqualTo(new Outcome.ShutOut(Duration.ofNanos(1)));
            pass(Duration.ofNanos(1));
        }

        assertThat(right(ONE)).isEqualTo(new Outcome.Right());
    }

    @Test
    void looksAtNoTokenOfWhoIsShutOut() {
        AtomicInteger looks = new AtomicInteger();
        for (int i = 0; i < 1000; i++) {
            limit.attempt(ONE, () -> looks.incrementAndGet() < 0);
        }

        assertThat(looks).hasValue(AttemptLimit.SHUT_OUT_FROM);
    }

    @Test
    void looksAtAsFewTokensWhenManyComeAtOnce() throws InterruptedException {
        AtomicInteger looks = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            threads.add(Thread.ofVirtual().start(() -> limit.attempt(ONE, () -> looks.incrementAndGet() < 0)));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(looks).hasValue(AttemptLimit.SHUT_OUT_FROM);
    }

    @Test
    void doesNotPunishOneAddressForAnother() {
        for (int i = 0; i < 10; i++) {
            wrong(ONE);
        }

        assertThat(right(OTHER)).isEqualTo(new Outcome.Right());
        assertThat(right(ONE)).isInstanceOf(Outcome.ShutOut.class);
    }

    @Test
    void forgetsWithTheRightTokenAndWithTime() {
        wrong(ONE);
        wrong(ONE);
        right(ONE);
        assertThat(wrong(ONE)).isEqualTo(new Outcome.Wrong(1, Duration.ofMillis(100)));

        pass(Duration.ofMinutes(10).plusNanos(1));
        assertThat(wrong(ONE)).isEqualTo(new Outcome.Wrong(1, Duration.ofMillis(100)));
    }

    @Test
    void remembersABoundedNumberOfAddresses() {
        wrong(ONE);
        for (int i = 0; i < 1024; i++) {
            wrong(InetAddress.ofLiteral("127.1." + i / 256 + "." + i % 256));
        }

        assertThat(wrong(ONE)).isEqualTo(new Outcome.Wrong(1, Duration.ofMillis(100)));
    }
}
