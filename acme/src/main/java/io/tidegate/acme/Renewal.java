package io.tidegate.acme;

import io.tidegate.config.AcmeConfig;
import java.io.IOException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the certificates of one account in its store, on a virtual thread of its own, one after the other.
///
/// ```
/// look into the store ─ nothing due ─▶ show what other gateways are asked for ─▶ wait
///        ▲                  │ due
///        │                  ▼
///        └── look again, ask, put, or note the failure ◀─ take the lock ─ another has it ─▶ wait
/// ```
///
final class Renewal implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);
    private static final Duration END = Duration.ofSeconds(5);

    private final Opening opening;
    private final OpenChallenges challenges;
    private final BiFunction<AcmeConfig, Store, Authority> authorities;
    private final InstantSource clock;
    private final Timing timing;
    private final Instant started;
    private final Thread thread;
    private final Semaphore wakes = new Semaphore(0);
    private volatile AcmeConfig config;
    private volatile boolean closed;
    private volatile List<NameStatus> statuses = List.of();
    private volatile String trouble = "";
    private volatile @Nullable String complaint;

    // Of the thread.
    private final Map<String, TendedName> names = new HashMap<>();
    private @Nullable Store store;
    private @Nullable Authority authority;
    private @Nullable AcmeConfig authorityOf;
    private long lookedAt;

    /// What all of them have in common.
    ///
    /// @param challenges
    ///            shows authorities what they look for
    /// @param authorities
    ///            says who is asked
    record Surroundings(OpenChallenges challenges, BiFunction<AcmeConfig, Store, Authority> authorities,
            InstantSource clock, Timing timing) {
    }

    /// Opens a store.
    @FunctionalInterface
    interface Opening {
        Store open(AcmeConfig config) throws IOException;
    }

    /// One that has not begun.
    Renewal(AcmeConfig config, Opening opening, Surroundings surroundings) {
        this.config = config;
        this.opening = opening;
        this.challenges = surroundings.challenges();
        this.authorities = surroundings.authorities();
        this.clock = surroundings.clock();
        this.timing = surroundings.timing();
        this.started = clock.instant();
        this.lookedAt = System.nanoTime() - timing.look().toNanos();
        this.thread = Thread.ofVirtual().name("acme").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Goes on with other names or settings. An order that runs comes to its end first.
    void update(AcmeConfig next) {
        config = next;
        wakes.release();
    }

    /// How it stands with each name.
    List<NameStatus> statuses() {
        return statuses;
    }

    /// Why its store can't be used, in a sentence; null where it can.
    @Nullable
    String complaint() {
        return complaint;
    }

    private void run() {
        while (!closed) {
            try {
                round(config);
                allIsWell();
            } catch (InterruptedException e) {
                continue;
            } catch (IOException | RuntimeException e) {
                trouble(e);
            }
            pause();
        }
        challenges.show(this, null);
    }

    private void trouble(Exception e) {
        String what = String.valueOf(e);
        if (!closed && !what.equals(trouble)) {
            trouble = what;
            LOG.atWarn().addKeyValue("store", place())
                    .log("certificates can't be kept in the store; it will be tried again: {}", what);
        }
        complaint = "the store of certificates (" + place() + ") can't be used, so that those that are known are"
                + " served, and none is renewed: " + (e.getMessage() == null ? what : e.getMessage());
    }

    private void allIsWell() {
        if (!trouble.isEmpty()) {
            trouble = "";
            complaint = null;
            LOG.atInfo().addKeyValue("store", place()).log("the store can be used again");
        }
    }

    private String place() {
        Store opened = store;
        return opened == null ? config.store().toString() : opened.place();
    }

    private void pause() {
        try {
            if (wakes.tryAcquire(timing.poll().toNanos(), TimeUnit.NANOSECONDS)) {
                wakes.drainPermits();
                lookedAt = System.nanoTime() - timing.look().toNanos();
            }
        } catch (InterruptedException e) {
            // Nobody interrupts but close(), after it has said so.
            LOG.debug("asked to end");
        }
    }

    private void round(AcmeConfig current) throws IOException, InterruptedException {
        Store opened = store;
        if (opened == null) {
            opened = opening.open(current);
            store = opened;
        }
        IOException unreachable = null;
        boolean changed = false;
        try {
            changed = opened.refresh(current.names());
        } catch (IOException e) {
            // What is known is served and told of all the same.
            unreachable = e;
        }
        challenges.show(this, opened.challenge());
        names.keySet().retainAll(current.names());
        boolean looks = changed || System.nanoTime() - lookedAt >= timing.look().toNanos();
        lookedAt = looks ? System.nanoTime() : lookedAt;
        for (String name : current.names()) {
            TendedName tended = names.get(name);
            if (tended == null) {
                tended = new TendedName(name, started);
                names.put(name, tended);
                tended.look(current, opened, clock.instant());
            } else if (looks) {
                tended.look(current, opened, clock.instant());
            }
        }
        publish(current);
        if (unreachable != null) {
            throw unreachable;
        }
        for (String name : current.names()) {
            TendedName tended = names.get(name);
            if (tended != null && !closed && !tended.due(current).isAfter(clock.instant())) {
                attempt(tended, current, opened);
                publish(current);
            }
        }
    }

    private void publish(AcmeConfig current) {
        List<NameStatus> all = new ArrayList<>();
        for (String name : current.names()) {
            TendedName tended = names.get(name);
            if (tended != null) {
                all.add(tended.status(current));
            }
        }
        statuses = List.copyOf(all);
    }

    private void attempt(TendedName tended, AcmeConfig current, Store opened) throws IOException, InterruptedException {
        Store.Held held = opened.take();
        if (held == null) {
            return;
        }
        try (held) {
            // Another gateway may have been faster.
            opened.refresh(tended.name());
            tended.look(current, opened, clock.instant());
            if (!tended.due(current).isAfter(clock.instant())) {
                ask(tended, current, opened, held);
            }
        }
    }

    private void ask(TendedName tended, AcmeConfig current, Store opened, Store.Held held)
            throws IOException, InterruptedException {
        String name = tended.name();
        try {
            LOG.atInfo().addKeyValue("name", name).addKeyValue("authority", current.directory())
                    .log("asking for a certificate");
            KeyPair key = Keys.make(current.keyType());
            List<X509Certificate> chain = authority(current, opened).issue(name, key, new Showing(opened, held));
            StoredCertificate made = new StoredCertificate(key.getPrivate(), chain);
            String fault = made.fault(name, clock.instant());
            if (fault != null) {
                throw new IssueException("unusable", "what the authority gave can't be used: " + fault);
            }
            opened.keep(name, made);
            if (!held.beat()) {
                throw lost();
            }
            opened.put(name, made);
            opened.putFailure(name, null);
            tended.succeeded();
            tended.look(current, opened, clock.instant());
            LOG.atInfo().addKeyValue("name", name).addKeyValue("until", made.certificate().getNotAfter().toInstant())
                    .addKeyValue("renewal", tended.due(current)).log("got a certificate");
        } catch (IssueException e) {
            failed(tended, current, opened, held, e);
        } finally {
            challenges.show(this, null);
            if (held.beat()) {
                opened.putChallenge(null);
            }
        }
    }

    private void failed(TendedName tended, AcmeConfig current, Store opened, Store.Held held, IssueException e)
            throws IOException {
        Failure failure = tended.failed(clock.instant(), e);
        tended.untold();
        if (held.beat()) {
            opened.putFailure(tended.name(), failure);
        }
        if (tended.isNews(e.kind())) {
            LOG.atWarn().addKeyValue("name", tended.name()).addKeyValue("authority", current.directory())
                    .addKeyValue("next", tended.due(current)).log("no certificate was given: {}", e.getMessage());
        } else {
            LOG.atDebug().addKeyValue("name", tended.name()).addKeyValue("next", tended.due(current))
                    .log("no certificate was given, as before: {}", e.getMessage());
        }
    }

    private Authority authority(AcmeConfig current, Store opened) {
        Authority asked = authority;
        AcmeConfig settings = current.withNames(List.of());
        if (asked == null || !settings.equals(authorityOf)) {
            asked = authorities.apply(current, opened);
            authority = asked;
            authorityOf = settings;
        }
        return asked;
    }

    private static IssueException lost() {
        return new IssueException("lock", "another gateway took the store over, as nothing was heard of this one");
    }

    /// Shows what the authority looks for, here and, by way of the store, in every other gateway.
    private final class Showing implements Authority.Proving {

        private final Store opened;
        private final Store.Held held;

        Showing(Store opened, Store.Held held) {
            this.opened = opened;
            this.held = held;
        }

        @Override
        public void show(Challenge challenge) throws IssueException, InterruptedException {
            goOn();
            challenges.show(Renewal.this, challenge);
            try {
                opened.putChallenge(challenge);
            } catch (IOException e) {
                throw new IssueException("store", "the store can't be written: " + e.getMessage(), null, e);
            }
            Thread.sleep(timing.settle());
            goOn();
        }

        @Override
        public void goOn() throws IssueException {
            try {
                if (!held.beat()) {
                    throw lost();
                }
            } catch (IOException e) {
                throw new IssueException("store", "the store can't be written: " + e.getMessage(), null, e);
            }
        }
    }

    /// Stops, an order that runs included, and waits a moment for that.
    @Override
    public void close() {
        closed = true;
        wakes.release();
        thread.interrupt();
        try {
            if (!thread.join(END)) {
                LOG.debug("an order still runs");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
