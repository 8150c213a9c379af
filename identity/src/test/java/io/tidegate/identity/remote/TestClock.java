package io.tidegate.identity.remote;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A clock that stands still until a test moves it.
public final class TestClock implements InstantSource {

    private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    /// Moves it.
    public void pass(Duration time) {
        now = now.plus(time);
    }

    /// What it shows in this many seconds, in seconds since 1970.
    public long in(long seconds) {
        return now.getEpochSecond() + seconds;
    }
}
