package io.tidegate.identity.keys;

import io.tidegate.api.Background;
import io.tidegate.api.Counter;
import io.tidegate.identity.keys.KeyFetch.Fetched;
import io.tidegate.identity.remote.IssuerMetadata;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keys of a server, refreshed ahead of their age and kept while it can't be asked. Shared by all policies that ask the
/// same server in the same way, over reloads.
///
/// One fetch runs at a time, on a virtual thread. It leads to the next: after `every`, or sooner after a failure. No
/// request waits but for the very first.
final class RemoteKeys implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");
    private static final Background.Task NOTHING = () -> {};
    private static final long FIRST_RETRY_MILLIS = 1000;
    private static final long MOST_RETRY_MILLIS = 30_000;

    /// What is known.
    ///
    /// @param since
    ///            when it was fetched, in milliseconds of the epoch
    private record Known(KeySet keys, @Nullable IssuerMetadata metadata, long since) {
    }

    private final String name;
    private final KeyFetch fetch;
    private final KeyRefreshConfig times;
    private final Background background;
    private final InstantSource clock;
    private final List<Counter> failed = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Boolean> first = new CompletableFuture<>();
    private final AtomicBoolean fetching = new AtomicBoolean();
    private final AtomicLong lastAttempt;
    private volatile @Nullable Known known;
    private volatile boolean closed;
    private int failures;
    private Background.Task next = NOTHING;

    RemoteKeys(String name, KeyFetch fetch, KeyRefreshConfig times, Background background, InstantSource clock) {
        this.name = name;
        this.fetch = fetch;
        this.times = times;
        this.background = background;
        this.clock = clock;
        this.lastAttempt = new AtomicLong(clock.millis());
    }

    /// Asks for the first keys.
    RemoteKeys start() {
        background.later(Duration.ZERO, this::refresh);
        return this;
    }

    /// Counts failures from now on.
    void count(Counter counter) {
        failed.add(counter);
    }

    void countNoMore(Counter counter) {
        failed.remove(counter);
    }

    /// The keys, where they are not too old.
    @Nullable
    KeySet current() {
        Known now = known;
        return now == null || clock.millis() - now.since > times.staleFor().toMillis() ? null : now.keys;
    }

    @Nullable
    IssuerMetadata metadata() {
        Known now = known;
        return now == null ? null : now.metadata;
    }

    /// Seconds since the keys were fetched; NaN before.
    double age() {
        Known now = known;
        return now == null ? Double.NaN : Math.max(0, clock.millis() - now.since) / 1000.0;
    }

    /// Completes with the end of the first fetch, however it ends.
    CompletableFuture<Boolean> first() {
        return first;
    }

    Duration mostWait() {
        return times.hold();
    }

    /// How often a key that is not known may lead to a fetch.
    Duration unknownKeyEvery() {
        return times.unknownKeyEvery();
    }

    /// A key is asked for that is not known.
    ///
    /// @param every
    ///            how long ago the last fetch must have been
    void missing(Duration every) {
        long now = clock.millis();
        long last = lastAttempt.get();
        boolean soon = now >= last && now - last < every.toMillis();
        if (!soon && lastAttempt.compareAndSet(last, now)) {
            background.later(Duration.ZERO, this::refresh);
        }
    }

    private void refresh() {
        if (closed || !fetching.compareAndSet(false, true)) {
            return;
        }
        Duration delay = Duration.ofMillis(MOST_RETRY_MILLIS);
        try {
            long now = clock.millis();
            lastAttempt.set(now);
            delay = taken(fetch.fetch(now));
        } catch (IOException | RuntimeException e) {
            delay = failed(e);
        } finally {
            fetching.set(false);
            first.complete(true);
            schedule(delay); // whatever happened
        }
    }

    /// How long to wait for the next fetch after one that went well.
    private Duration taken(Fetched fetched) {
        Known before = known;
        KeySet keys = before == null ? fetched.keys() : fetched.keys().after(before.keys);
        known = new Known(keys, fetched.metadata(), clock.millis());
        if (before == null || before.keys != keys) {
            LOG.atInfo().addKeyValue("keys", name).addKeyValue("count", keys.keys().size()).log("keys of tokens taken");
        } else if (failures > 0) {
            LOG.atInfo().addKeyValue("keys", name).log("keys of tokens can be fetched again");
        }
        failures = 0;
        Duration most = times.every();
        Duration asked = fetched.maxAge() == null ? most : fetched.maxAge();
        Duration least = least(times.unknownKeyEvery(), most);
        return asked.compareTo(least) < 0 ? least : least(asked, most);
    }

    private static Duration least(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private Duration failed(Exception e) {
        failed.forEach(Counter::add);
        if (failures++ == 0) {
            LOG.atWarn().addKeyValue("keys", name).addKeyValue("why", String.valueOf(e.getMessage()))
                    .log(known == null ? "keys of tokens can't be fetched" : "keys of tokens can't be refreshed");
        }
        long retry = Math.min(FIRST_RETRY_MILLIS << Math.min(failures - 1, 10), MOST_RETRY_MILLIS);
        return Duration.ofMillis(Math.min(retry, times.every().toMillis()));
    }

    /// Not all gateways ask at the same time: within a tenth of the delay.
    private synchronized void schedule(Duration delay) {
        next.cancel();
        if (!closed) {
            long millis = delay.toMillis();
            long earlier = ThreadLocalRandom.current().nextLong(millis / 10 + 1);
            next = background.later(Duration.ofMillis(Math.max(1, millis - earlier)), this::refresh);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        next.cancel();
        first.complete(true);
    }
}
