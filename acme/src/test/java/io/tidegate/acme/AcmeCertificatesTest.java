package io.tidegate.acme;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ChallengeTarget;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.ListenerConfig;
import io.tidegate.config.Loaded;
import io.tidegate.config.Plugins;
import io.tidegate.config.RedisConfig;
import io.tidegate.config.SharedRooms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Gateways that share a store and an authority, and a clock that the test moves.
class AcmeCertificatesTest {

    private static final Instant START = Instant.parse("2026-11-29T10:00:00Z");
    private static final long GUARD_NANOS = Duration.ofSeconds(30).toNanos();
    private static final Timing FAST = new Timing(Duration.ofMillis(2), Duration.ofMillis(4), Duration.ZERO,
            Duration.ofMinutes(2), Duration.ZERO);

    @TempDir
    private Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final FakeAuthority authority = new FakeAuthority(now::get);
    private final List<Gateway> gateways = new ArrayList<>();
    private final LogOfWarnings log = new LogOfWarnings();
    private final Logger logger = Logger.getLogger(Renewal.class.getName());

    /// What one gateway shows authorities, and how it gets certificates.
    private static final class Gateway implements ChallengeTarget {

        private volatile Map<String, String> shown = Map.of();
        private final AcmeCertificates certificates;

        Gateway(AcmeCertificatesTest test) {
            certificates = new AcmeCertificates(this, test::rooms, (config, store) -> test.authority, test.now::get,
                    FAST);
        }

        @Override
        public void show(Map<String, String> texts, Map<String, Proof> proofs) {
            shown = Map.copyOf(texts);
        }
    }

    private static final class LogOfWarnings extends Handler {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord record) {
            if (record.getLevel().intValue() >= Level.WARNING.intValue() && !record.getMessage().contains("=round")) {
                lines.add(record.getMessage());
            }
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    @BeforeEach
    void listen() {
        logger.addHandler(log);
    }

    @AfterEach
    void stop() {
        gateways.forEach(gateway -> gateway.certificates.close());
        logger.removeHandler(log);
    }

    private SharedRooms rooms(RedisConfig declared) {
        throw new AssertionError("nothing is shared by " + declared);
    }

    private Gateway gateway() {
        Gateway made = new Gateway(this);
        gateways.add(made);
        return made;
    }

    private Gateway gateway(String names) {
        Gateway made = gateway();
        made.certificates.apply(config(names, ""));
        return made;
    }

    private GatewayConfig config(String names, String more) {
        String acme = names.isEmpty()
                ? ""
                : "  b: { address: ':8443', tls: { acme: { agreeToTerms: true, challenge: http-01, names: [" + names
                        + "], store: " + folder.resolve("store") + more + " } } }\n";
        Loaded loaded = new ConfigLoader(Plugins.none(), name -> null).loadText("t.yaml", "listeners:\n"
                + "  a: { address: ':8080' }\n" + acme
                + "upstreams: { a: { endpoints: ['http://10.0.0.1'] } }\nroutes: { a: { upstream: a } }\n");
        if (loaded instanceof Loaded.Accepted accepted) {
            return accepted.config();
        }
        throw new AssertionError(loaded);
    }

    private Path file(String name) {
        ListenerConfig listener = Objects.requireNonNull(config(name, "").listeners().get("b"));
        return Objects.requireNonNull(Objects.requireNonNull(listener.tls()).acme()).file(name).path();
    }

    private StoredCertificate stored(String name) {
        return Objects.requireNonNull(FileStore.certificate(file(name)), () -> "certificate of " + name);
    }

    private void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + GUARD_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("waited in vain for %s; asked: %s, warned: %s", what,
                    authority.asked, log.lines).isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    /// Lets several rounds go by, as a certificate asked for in each of them tells.
    private void letRoundsGoBy(Gateway gateway) {
        for (int i = 0; i < 3; i++) {
            String name = "round" + authority.asked.size() + ".test";
            Gateway other = gateway(name);
            await("a round", () -> FileStore.certificate(file(name)) != null);
            other.certificates.close();
        }
        assertThat(gateway.certificates.metrics()).isNotEmpty();
    }

    private void pass(Duration time) {
        now.updateAndGet(before -> before.plus(time));
    }

    private double metric(Gateway gateway, String series) {
        return gateway.certificates.metrics().lines().filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length()))).findFirst().orElse(-1);
    }

    @Test
    void everyNameGetsACertificateOfItsOwn() {
        Gateway gateway = gateway("one.test, two.test");
        await("certificates", () -> FileStore.certificate(file("one.test")) != null
                && FileStore.certificate(file("two.test")) != null);

        assertThat(stored("one.test").fault("one.test", now.get())).isNull();
        assertThat(stored("two.test").fault("two.test", now.get())).isNull();
        await("all to be well", () -> gateway.certificates.degraded().isEmpty());
        assertThat(metric(gateway, "tidegate_acme_next_attempt_seconds{name=\"one.test\"}"))
                .isEqualTo((double) START.plus(Duration.ofDays(60)).getEpochSecond());
        assertThat(metric(gateway, "tidegate_acme_failures_total{name=\"one.test\"}")).isZero();
        assertThat(authority.asked).containsExactly("one.test", "two.test");
    }

    @Test
    void ofTwoGatewaysOneAsksAndBothShowWhatTheAuthorityLooksFor() {
        authority.hold();
        Gateway one = gateway("one.test");
        Gateway two = gateway("one.test");
        await("both to show it", () -> one.shown.equals(two.shown) && !one.shown.isEmpty());
        assertThat(one.shown).isEqualTo(Map.of("token-1", "token-1.print"));
        assertThat(one.certificates.degraded()).containsExactly(
                "there is no certificate for one.test yet, so its clients are refused: it has been asked for");

        authority.look();
        await("both to show nothing", () -> one.shown.isEmpty() && two.shown.isEmpty());
        await("both to know of it",
                () -> one.certificates.degraded().isEmpty() && two.certificates.degraded().isEmpty());
        assertThat(authority.asked).containsExactly("one.test");
    }

    @Test
    void aCertificateIsRenewedWhenItIsDueAndNotBefore() {
        Gateway gateway = gateway("one.test");
        await("the first", () -> FileStore.certificate(file("one.test")) != null);
        StoredCertificate first = stored("one.test");
        pass(Duration.ofDays(60).minusSeconds(1));
        letRoundsGoBy(gateway);
        assertThat(authority.asked).containsOnlyOnce("one.test");

        pass(Duration.ofSeconds(1));
        await("the second", () -> !stored("one.test").equals(first));
        assertThat(authority.asked.stream().filter("one.test"::equals)).hasSize(2);
    }

    @Test
    void aStoredCertificateThatIsNotDueIsNotAskedForAfterARestart() throws IOException {
        new FileStore(Objects.requireNonNull(file("one.test").getParent()), FAST.lease()).put("one.test",
                Issued.stored("one.test", START.minus(Duration.ofDays(10)), START.plus(Duration.ofDays(80))));
        Gateway gateway = gateway("one.test");
        letRoundsGoBy(gateway);
        assertThat(authority.asked).doesNotContain("one.test");
        assertThat(gateway.certificates.degraded()).isEmpty();
    }

    @Test
    void aFailureIsToldOnceWaitedForAndToldAgainForAnotherReason() {
        authority.refuse(new IssueException("urn:connection", "can't connect (token 1)"));
        Gateway gateway = gateway("one.test");
        await("a warning", () -> log.lines.size() == 1);
        assertThat(log.lines.getFirst()).endsWith("no certificate was given: can't connect (token 1)");
        letOthersThrough(gateway);
        assertThat(asked()).isEqualTo(1);
        assertThat(gateway.certificates.degraded()).containsExactly("there is no certificate for one.test yet, so its"
                + " clients are refused: can't connect (token 1)");
        assertThat(metric(gateway, "tidegate_acme_failures_total{name=\"one.test\"}")).isEqualTo(1);

        authority.refuse(new IssueException("urn:connection", "can't connect (token 2)"));
        pass(Duration.ofMinutes(5));
        await("the second attempt",
                () -> metric(gateway, "tidegate_acme_failures_total{name=\"one.test\"}") == 2);
        assertThat(log.lines).hasSize(1);

        authority.refuse(new IssueException("urn:caa", "not allowed"));
        pass(Duration.ofMinutes(10));
        await("another reason", () -> log.lines.size() == 2);
        assertThat(log.lines.getLast()).endsWith("no certificate was given: not allowed");

        authority.refuse(null);
        pass(Duration.ofMinutes(20));
        await("the certificate", () -> gateway.certificates.degraded().isEmpty());
        assertThat(metric(gateway, "tidegate_acme_failures_total{name=\"one.test\"}")).isEqualTo(3);
    }

    /// As [#letRoundsGoBy], where the authority refuses.
    private void letOthersThrough(Gateway gateway) {
        for (int i = 0; i < 3; i++) {
            int before = authority.asked.size();
            Gateway other = gateway("round" + before + ".test");
            await("a round",
                    () -> metric(other, "tidegate_acme_failures_total{name=\"round" + before + ".test\"}") == 1);
            other.certificates.close();
        }
        assertThat(gateway.certificates.metrics()).isNotEmpty();
    }

    private long asked() {
        return authority.asked.stream().filter("one.test"::equals).count();
    }

    @Test
    void neitherARestartNorAnotherGatewayAsksAgainAtOnce() {
        Instant later = START.plus(Duration.ofDays(1));
        authority.refuse(new IssueException("urn:rateLimited", "too often", later, null));
        Gateway one = gateway("one.test");
        await("the failure", () -> metric(one, "tidegate_acme_failures_total{name=\"one.test\"}") == 1);
        one.certificates.close();

        authority.refuse(null);
        Gateway two = gateway("one.test");
        pass(Duration.ofHours(23));
        letRoundsGoBy(two);
        assertThat(asked()).isEqualTo(1);
        assertThat(metric(two, "tidegate_acme_next_attempt_seconds{name=\"one.test\"}"))
                .isEqualTo((double) later.getEpochSecond());
        pass(Duration.ofHours(1));
        await("the certificate", () -> FileStore.certificate(file("one.test")) != null);
    }

    @Test
    void aCertificateThatIsNotWhatWasAskedForIsNotKept() {
        authority.giveWrongNames();
        Gateway gateway = gateway("one.test");
        await("a warning", () -> log.lines.size() == 1);

        assertThat(log.lines.getFirst()).contains("can't be used: the certificate is for [other.test]");
        assertThat(file("one.test")).doesNotExist();
        assertThat(gateway.certificates.degraded()).hasSize(1);
    }

    @Test
    void anotherConfigurationGoesOnWithWhatRuns() {
        authority.hold();
        Gateway gateway = gateway("one.test");
        await("an order", () -> !gateway.shown.isEmpty());
        gateway.certificates.apply(config("one.test, two.test", ""));
        gateway.certificates.apply(config("one.test, two.test", ", renewBefore: 20d"));
        authority.look();
        authority.look();
        await("certificates", () -> FileStore.certificate(file("two.test")) != null);

        assertThat(authority.asked).containsExactly("one.test", "two.test");
        await("the new setting",
                () -> metric(gateway, "tidegate_acme_next_attempt_seconds{name=\"one.test\"}") == (double) START
                        .plus(Duration.ofDays(70)).getEpochSecond());
    }

    @Test
    void whatIsNotAskedForAnyMoreEndsAndShowsNothing() {
        authority.hold();
        Gateway gateway = gateway("one.test");
        await("an order", () -> !gateway.shown.isEmpty());
        gateway.certificates.apply(config("", ""));

        await("nothing to be shown", () -> gateway.shown.isEmpty());
        assertThat(gateway.certificates.metrics()).isEmpty();
        assertThat(gateway.certificates.degraded()).isEmpty();
        // The lock was given back: another one asks at once.
        Gateway other = gateway("one.test");
        await("another order", () -> !other.shown.isEmpty());
    }

    @Test
    void aStoreThatCantBeWrittenIsToldOfAndTriedAgain() throws IOException {
        Path blocked = folder.resolve("store");
        GatewayConfig config = config("one.test", "");
        java.nio.file.Files.writeString(blocked, "a file in the way");
        Gateway gateway = gateway();
        gateway.certificates.apply(config);
        await("a warning", () -> log.lines.size() == 1);
        assertThat(log.lines.getFirst()).contains("can't be kept in the store");
        await("it to be told", () -> gateway.certificates.degraded().toString().contains("can't be used"));
        assertThat(metric(gateway, "tidegate_acme_store_up")).isZero();

        java.nio.file.Files.delete(blocked);
        await("the certificate", () -> FileStore.certificate(file("one.test")) != null);
        await("all to be well", () -> gateway.certificates.degraded().isEmpty());
        assertThat(metric(gateway, "tidegate_acme_store_up")).isEqualTo(1);
        assertThat(log.lines).hasSize(1);
    }
}
