package io.tidegate.control.admin;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Slows down who tries tokens.
///
/// Each wrong token of an address is answered later than the one before: 100 ms, 200 ms, 400 ms, 800 ms. With the fifth
/// the address is shut out, for 1 s at first and twice as long with every further one, up to a minute. While it is shut
/// out, no token of it is looked at, not even the right one: else it could try many at once and take the one that is
/// answered differently. The right token, or ten minutes without a wrong one, and all is forgotten.
final class AttemptLimit {

    /// Wrong tokens from which on an address is shut out.
    static final int SHUT_OUT_FROM = 5;

    private static final Duration FIRST_DELAY = Duration.ofMillis(100);
    private static final Duration FIRST_SHUT_OUT = Duration.ofSeconds(1);
    private static final Duration LONGEST_SHUT_OUT = Duration.ofMinutes(1);
    private static final Duration FORGET_AFTER = Duration.ofMinutes(10);
    private static final int MOST_ADDRESSES = 1024;

    private final LongSupplier nanoTime;
    private final Map<InetAddress, Failures> addresses = new LinkedHashMap<>(16, 0.75f, true);

    /// @param nanoTime
    ///            a clock as [System#nanoTime()] is one
    AttemptLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /// What comes of an attempt.
    sealed interface Outcome {

        /// It was the right token.
        record Right() implements Outcome {
        }

        /// It was a wrong one, to be answered after a pause.
        ///
        /// @param failures
        ///            how many there were of late, with this one
        record Wrong(int failures, Duration pause) implements Outcome {
        }

        /// It was not looked at; there may be another after `remaining`.
        record ShutOut(Duration remaining) implements Outcome {
        }
    }

    /// Judges an attempt. One at a time, so that many at once gain nothing.
    ///
    /// @param right
    ///            whether the token is the right one; asked only if the address is not shut out
    synchronized Outcome attempt(InetAddress address, BooleanSupplier right) {
        long now = nanoTime.getAsLong();
        Failures before = addresses.get(address);
        if (before != null && now - before.last > FORGET_AFTER.toNanos()) {
            addresses.remove(address);
            before = null;
        }
        if (before != null && before.shutOutUntil - now > 0) {
            return new Outcome.ShutOut(Duration.ofNanos(before.shutOutUntil - now));
        }
        if (right.getAsBoolean()) {
            addresses.remove(address);
            return new Outcome.Right();
        }
        int count = before == null ? 1 : before.count + 1;
        long shutOutUntil = count < SHUT_OUT_FROM ? now : now + shutOut(count).toNanos();
        addresses.put(address, new Failures(count, now, shutOutUntil));
        if (addresses.size() > MOST_ADDRESSES) {
            addresses.remove(addresses.keySet().iterator().next());
        }
        return new Outcome.Wrong(count,
                count < SHUT_OUT_FROM ? FIRST_DELAY.multipliedBy(1L << (count - 1)) : Duration.ZERO);
    }

    private static Duration shutOut(int count) {
        Duration wait = FIRST_SHUT_OUT.multipliedBy(1L << Math.min(count - SHUT_OUT_FROM, 10));
        return wait.compareTo(LONGEST_SHUT_OUT) > 0 ? LONGEST_SHUT_OUT : wait;
    }

    private record Failures(int count, long last, long shutOutUntil) {
    }
}
