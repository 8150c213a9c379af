package io.tidegate.engine.discovery;

import io.tidegate.config.DiscoveryConfig;
import io.tidegate.config.discovery.EndpointSource;
import io.tidegate.config.discovery.EndpointSource.Answer;
import io.tidegate.config.discovery.Found;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.observe.Metrics.Registration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One source at work, on a virtual thread of its own: it is asked again and again, and what it tells is handed on.
///
/// A source that fails changes nothing, and neither does one that tells of no endpoint, unless it goes on to do so for
/// as long as is declared: a registry that has just started, or lost its data, takes no service with it.
public final class Discovery {

    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);
    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final int MOST_DOUBLINGS = 7;
    /// So many endpoints are named in one line of the log.
    private static final int NAMED = 20;

    private static final Comparator<Found> ORDER = Comparator.comparingInt(Found::tier)
            .thenComparing(found -> found.config().url().toString());

    private final String upstream;
    private final DiscoveryConfig config;
    private final EndpointSource source;
    private final LongSupplier clock;
    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Registration> measured = new ArrayList<>();
    private final LongAdder answers = new LongAdder();
    private final LongAdder failures = new LongAdder();

    private volatile List<Found> endpoints = List.of();
    private volatile long at;
    private volatile boolean told;
    private volatile @Nullable String failure;
    private int failedInARow;
    // Under the lock.
    private Consumer<List<Found>> taker = found -> {};
    private boolean empty;
    private long emptySince;
    /// How many upstreams use it, under the lock of [Discoveries].
    int users;

    Discovery(String upstream, DiscoveryConfig config, EndpointSource source, LongSupplier clock) {
        this.upstream = upstream;
        this.config = config;
        this.source = source;
        this.clock = clock;
    }

    void start() {
        Thread.ofVirtual().name("discovery-" + upstream).start(this::run);
    }

    private void run() {
        boolean over = false;
        while (!over) {
            long millis = step();
            first.countDown();
            over = awaitClose(millis);
        }
    }

    private boolean awaitClose(long millis) {
        try {
            return closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    /// Asks once, and does what follows.
    ///
    /// @return how long to wait, in milliseconds
    long step() {
        try {
            Answer answer = source.next();
            if (answer.endpoints().size() > config.maxEndpoints()) {
                throw new IOException("it tells of " + answer.endpoints().size() + " endpoints, and may of "
                        + config.maxEndpoints());
            }
            take(answer.endpoints());
            return answer.pause().toMillis();
        } catch (IOException | RuntimeException e) {
            return failed(e);
        } catch (InterruptedException e) {
            return 0;
        }
    }

    private long failed(Exception e) {
        long pause = FIRST_PAUSE_MILLIS << Math.min(failedInARow, MOST_DOUBLINGS);
        if (closed.getCount() > 0) {
            failures.increment();
            String before = failure;
            String reason = String.valueOf(e.getMessage());
            failure = reason;
            failedInARow++;
            if (!reason.equals(before)) {
                LOG.atWarn().addKeyValue("upstream", upstream).addKeyValue("source", config.toString())
                        .addKeyValue("reason", reason).log(told
                                ? "endpoints can't be looked for: those found last are used"
                                : "endpoints can't be looked for, and none are known yet");
            }
            LOG.debug("a source of endpoints failed", e);
        }
        return (long) (pause * (0.5 + ThreadLocalRandom.current().nextDouble() * 0.5));
    }

    private void take(List<Found> answered) {
        if (failedInARow > 0) {
            LOG.atInfo().addKeyValue("upstream", upstream).log("endpoints can be looked for again");
        }
        failedInARow = 0;
        failure = null;
        answers.increment();
        // In one order, since name servers and registries change theirs from answer to answer.
        List<Found> next = answered.stream().filter(each -> each.config().weight() > 0 && isAcceptable(each)).distinct()
                .sorted(ORDER).toList();
        synchronized (this) {
            at = clock.getAsLong();
            told = true;
            if (next.isEmpty() && !endpoints.isEmpty()) {
                gone();
            } else {
                empty = false;
                use(next);
            }
        }
    }

    private boolean isAcceptable(Found found) {
        boolean acceptable = found.config().url().isAcceptable();
        if (!acceptable) {
            LOG.atDebug().addKeyValue("upstream", upstream).addKeyValue("endpoint", found.config().url().toString())
                    .log("an endpoint is left out: it has no possible host, or is the metadata service of a cloud");
        }
        return acceptable;
    }

    private void gone() {
        if (!empty) {
            empty = true;
            emptySince = clock.getAsLong();
            Duration until = config.emptyAfter();
            LOG.atWarn().addKeyValue("upstream", upstream).addKeyValue("source", config.toString())
                    .log("its source tells of no endpoint: those found last are used");
            if (until != null) {
                Thread.ofVirtual().name("discovery-empty-" + upstream).start(() -> {
                    if (!awaitClose(until.toMillis())) {
                        believe();
                    }
                });
            }
        }
        believe();
    }

    /// Takes it that there are no endpoints, where that was said for long enough.
    private synchronized void believe() {
        Duration until = config.emptyAfter();
        if (empty && until != null && clock.getAsLong() - emptySince >= until.toNanos()) {
            use(List.of());
        }
    }

    private void use(List<Found> next) {
        if (next.equals(endpoints)) {
            return;
        }
        Set<String> added = names(next);
        Set<String> removed = names(endpoints);
        Set<String> both = new LinkedHashSet<>(added);
        both.retainAll(removed);
        added.removeAll(both);
        removed.removeAll(both);
        endpoints = next;
        LOG.atInfo().addKeyValue("upstream", upstream).addKeyValue("endpoints", next.size())
                .addKeyValue("added", text(added)).addKeyValue("removed", text(removed)).log("endpoints were found");
        taker.accept(next);
    }

    private static Set<String> names(List<Found> found) {
        Set<String> names = new LinkedHashSet<>();
        found.forEach(each -> names.add(each.config().url().toString()));
        return names;
    }

    private static String text(Set<String> names) {
        String named = String.join(" ", names.stream().limit(NAMED).toList());
        return names.size() > NAMED ? named + " and " + (names.size() - NAMED) + " more" : named;
    }

    /// Hands what is known, if anything is, and whatever is found later to `next` alone.
    ///
    /// @return what takes it back
    public synchronized Runnable subscribe(Consumer<List<Found>> next) {
        taker = next;
        if (!endpoints.isEmpty()) {
            next.accept(endpoints);
        }
        return () -> unsubscribe(next);
    }

    @SuppressWarnings("ReferenceEquality") // this taker, not an equal one
    private synchronized void unsubscribe(Consumer<List<Found>> gone) {
        if (taker == gone) {
            taker = found -> {};
        }
    }

    /// Waits until it was answered for the first time, or in vain.
    boolean awaitFirst(long nanos) throws InterruptedException {
        return first.await(nanos, TimeUnit.NANOSECONDS);
    }

    /// What it is known to have told.
    public Knowledge knowledge() {
        return new Knowledge(endpoints, ageSeconds(), failure);
    }

    private double ageSeconds() {
        return told ? (clock.getAsLong() - at) / 1e9 : Double.NaN;
    }

    /// Measures it from now on, unless it is measured already. Nothing else may be measured by the same name.
    public synchronized void measure(Metrics metrics) {
        if (!measured.isEmpty()) {
            return;
        }
        String help = "Questions to sources of endpoints, by what came of them.";
        measured.add(metrics.gauge("tidegate_discovery_age_seconds",
                "How long ago the endpoints of an upstream were told last, in seconds.", this::ageSeconds, "upstream",
                upstream));
        measured.add(metrics.gauge("tidegate_discovery_endpoints", "Endpoints that were found and are used.",
                () -> endpoints.size(), "upstream", upstream));
        measured.add(metrics.counter("tidegate_discovery_answers_total", help, answers::sum, "upstream", upstream,
                "result", "answered"));
        measured.add(metrics.counter("tidegate_discovery_answers_total", help, failures::sum, "upstream", upstream,
                "result", "failed"));
    }

    void close() {
        closed.countDown();
        source.close();
        synchronized (this) {
            measured.forEach(Registration::close);
        }
    }
}
