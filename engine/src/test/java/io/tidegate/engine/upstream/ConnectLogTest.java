package io.tidegate.engine.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class ConnectLogTest {

    private final AtomicLong now = new AtomicLong(-5);
    private final ConnectLog log = new ConnectLog("orders", "10.0.0.1:80", now::get);

    private void pass(long seconds) {
        now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    /// What is told of ten thousand failures within a second.
    private List<Level> flood(String reason) {
        List<Level> told = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            Level level = log.level(reason);
            if (level != null) {
                told.add(level);
            }
        }
        return told;
    }

    @Test
    void warnsOnceHoweverManyRequestsFail() {
        assertThat(flood("refused")).containsExactly(Level.WARN);
        for (int i = 0; i < 600; i++) {
            pass(1);
            assertThat(flood("refused")).containsExactly(Level.DEBUG);
        }
    }

    @Test
    void warnsAgainForAnotherReasonButAtMostOnceAMinute() {
        assertThat(log.level("refused")).isEqualTo(Level.WARN);
        pass(30);
        assertThat(log.level("unknown host")).isEqualTo(Level.DEBUG);
        pass(30);
        assertThat(log.level("unknown host")).isEqualTo(Level.WARN);
        pass(60);
        assertThat(log.level("unknown host")).isEqualTo(Level.DEBUG);
    }

    @Test
    void warnsAgainOfAServiceThatCameBackAndWentAgain() {
        assertThat(log.level("refused")).isEqualTo(Level.WARN);
        log.made();
        pass(2);
        assertThat(log.level("refused")).as("within a minute").isEqualTo(Level.DEBUG);
        pass(58);
        assertThat(Objects.requireNonNull(log.level("refused"))).isEqualTo(Level.WARN);
    }
}
