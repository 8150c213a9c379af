package io.tidegate.engine.names;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The addresses of one name.
///
/// Looked up again shortly before an answer runs out, whether anybody connects or not, so that connections do not wait
/// for it. Where nobody can be asked, or the name has gone, the last addresses are used for up to an hour: a name server
/// that fails takes no service with it. Belongs to one event loop; what is known is read by all.
final class ServiceName {

    /// How long addresses are used after their name could last be looked up.
    static final long STALE_NANOS = TimeUnit.HOURS.toNanos(1);

    /// For how long an answer holds that does not say.
    private static final long UNSAID_SECONDS = 30;
    private static final long LEAST_SECONDS = 1;
    private static final long MOST_SECONDS = TimeUnit.DAYS.toSeconds(1);
    private static final long MOST_PAUSE_SECONDS = 30;

    private static final Logger LOG = LoggerFactory.getLogger(ServiceName.class);

    private final String name;
    private final EventLoop loop;
    private final Lookup lookup;
    private final LongSupplier clock;
    private volatile @Nullable Known known;
    /// Goes on from one answer to the next, and not from the same address in every gateway.
    private final AtomicInteger turns = new AtomicInteger(ThreadLocalRandom.current().nextInt(1 << 16));

    // Confined to the loop.
    private final List<Promise<Known>> waiting = new ArrayList<>();
    private @Nullable Future<?> next;
    private boolean asking;
    private boolean closed;
    private int failures;

    /// Asks for the addresses of a name.
    @FunctionalInterface
    interface Lookup {

        /// Asks, on the loop.
        Future<Answer> ask(String name);
    }

    /// What was answered.
    ///
    /// @param addresses
    ///            at least one
    /// @param seconds
    ///            for how long; -1 where the answer does not say
    record Answer(List<InetAddress> addresses, long seconds) {
    }

    /// Addresses, and when they were looked up.
    ///
    /// @param turns
    ///            taken so far
    record Known(List<InetAddress> addresses, long at, AtomicInteger turns) {

        Known(List<InetAddress> addresses, long at) {
            this(addresses, at, new AtomicInteger());
        }

        /// The next of them: they take turns.
        InetAddress one() {
            return addresses.size() == 1
                    ? addresses.getFirst()
                    : addresses.get(Math.floorMod(turns.getAndIncrement(), addresses.size()));
        }
    }

    /// A name that is looked up from here on, on this loop.
    ///
    /// @param clock
    ///            nanoseconds, from any beginning
    ServiceName(String name, EventLoop loop, Lookup lookup, LongSupplier clock) {
        this.name = name;
        this.loop = loop;
        this.lookup = lookup;
        this.clock = clock;
    }

    /// Looks it up for the first time.
    void open() {
        loop.execute(this::ask);
    }

    /// What is known and may be used; null where nothing is. From any thread.
    @Nullable
    Known usable() {
        Known last = known;
        return last != null && clock.getAsLong() - last.at() <= STALE_NANOS ? last : null;
    }

    /// How long ago its addresses were looked up, in seconds; NaN where there are none. From any thread.
    double ageSeconds() {
        Known last = known;
        return last == null ? Double.NaN : (clock.getAsLong() - last.at()) / 1e9;
    }

    /// Asks now, and tells `promise` what comes of it. From any thread.
    void wanted(Promise<Known> promise) {
        loop.execute(() -> {
            Known last = usable();
            if (last != null) {
                promise.trySuccess(last);
            } else if (closed) {
                promise.tryFailure(new UnknownHostException(name));
            } else {
                waiting.add(promise);
                ask();
            }
        });
    }

    private void ask() {
        if (asking || closed) {
            return;
        }
        asking = true;
        if (next != null) {
            next.cancel(false);
            next = null;
        }
        lookup.ask(name).addListener((Future<Answer> done) -> {
            asking = false;
            if (done.isSuccess()) {
                found(done.getNow());
            } else {
                failed(done.cause());
            }
        });
    }

    private void found(Answer answer) {
        if (failures > 0 && known != null) {
            LOG.atInfo().addKeyValue("name", name).log("the name of a service can be looked up again");
        }
        failures = 0;
        Known now = new Known(answer.addresses(), clock.getAsLong(), turns);
        known = now;
        waiting.forEach(promise -> promise.trySuccess(now));
        waiting.clear();
        long seconds = answer.seconds() < 0 ? UNSAID_SECONDS : answer.seconds();
        // A little before it runs out, not all names at once.
        double share = 0.85 + ThreadLocalRandom.current().nextDouble() * 0.1;
        after((long) (Math.clamp(seconds, LEAST_SECONDS, MOST_SECONDS) * 1000 * share));
    }

    private void failed(Throwable cause) {
        if (failures++ == 0 && known != null) {
            LOG.atWarn().addKeyValue("name", name).addKeyValue("reason", String.valueOf(cause.getMessage()))
                    .log("the name of a service can't be looked up: its last addresses are used for up to an hour");
        }
        // One of them may have been found meanwhile to be usable no longer; nobody is kept waiting.
        waiting.forEach(promise -> promise.tryFailure(cause));
        waiting.clear();
        long seconds = Math.min(MOST_PAUSE_SECONDS, 1L << Math.min(failures - 1, 5));
        after((long) (seconds * 1000 * (0.5 + ThreadLocalRandom.current().nextDouble() * 0.5)));
    }

    private void after(long millis) {
        if (!closed) {
            next = loop.schedule(this::ask, millis, TimeUnit.MILLISECONDS);
        }
    }

    /// Looks it up no more.
    void close() {
        loop.execute(() -> {
            closed = true;
            if (next != null) {
                next.cancel(false);
            }
            waiting.forEach(promise -> promise.tryFailure(new UnknownHostException(name)));
            waiting.clear();
        });
    }
}
