package io.tidegate.acme;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ChallengeTarget;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.Loaded;
import io.tidegate.config.Plugins;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Gateways with folders of their own that share a store by network and an authority.
class SharedCertificatesTest {

    private static final Instant START = Instant.parse("2026-11-29T10:00:00Z");
    private static final long GUARD_NANOS = Duration.ofSeconds(30).toNanos();
    private static final Timing FAST = new Timing(Duration.ofMillis(2), Duration.ofMillis(4), Duration.ZERO,
            Duration.ofMinutes(2), Duration.ofMillis(20));

    @TempDir
    private Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final FakeAuthority authority = new FakeAuthority(now::get);
    private final MemoryRooms rooms = new MemoryRooms();
    private final List<Gateway> gateways = new ArrayList<>();

    /// What one gateway shows authorities, and how it gets certificates.
    private static final class Gateway implements ChallengeTarget {

        private volatile Map<String, String> shown = Map.of();
        private final SharedCertificatesTest test;
        private final Path store;
        private final AcmeCertificates certificates;

        Gateway(SharedCertificatesTest test, String name) {
            this.test = test;
            store = test.folder.resolve(name);
            certificates = new AcmeCertificates(this, _ -> test.rooms, (config, store) -> test.authority,
                    test.now::get, FAST);
        }

        @Override
        public void show(Map<String, String> texts, Map<String, Proof> proofs) {
            shown = Map.copyOf(texts);
        }

        void apply(String names) {
            certificates.apply(test.config(names, store));
        }

        @Nullable
        StoredCertificate certificate(String name) {
            return FileStore.certificate(Objects.requireNonNull(Objects.requireNonNull(Objects
                    .requireNonNull(test.config("one.test", store).listeners().get("b")).tls()).acme()).file(name)
                    .path());
        }

        boolean degraded(String text) {
            return certificates.degraded().toString().contains(text);
        }
    }

    @AfterEach
    void stop() {
        gateways.forEach(gateway -> gateway.certificates.close());
    }

    private Gateway gateway(String name, String names) {
        Gateway made = new Gateway(this, name);
        gateways.add(made);
        made.apply(names);
        return made;
    }

    private GatewayConfig config(String names, Path store) {
        Loaded loaded = new ConfigLoader(Plugins.none(), name -> null).loadText("t.yaml", """
                listeners:
                  a: { address: ':8080' }
                  b: { address: ':8443', tls: { acme: { agreeToTerms: true, challenge: http-01, names: [%s], store: %s,
                      redis: { secrets: [0123456789abcdef0123456789abcdef] } } } }
                upstreams: { a: { endpoints: ['http://10.0.0.1'] } }
                routes: { a: { upstream: a } }
                sharedState: { redis: { nodes: ["redis://127.0.0.1:1"] } }
                """.formatted(names, store));
        if (loaded instanceof Loaded.Accepted accepted) {
            return accepted.config();
        }
        throw new AssertionError(loaded);
    }

    private void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + GUARD_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("waited in vain for %s; asked: %s, told: %s", what,
                    authority.asked, gateways.stream().map(each -> each.certificates.degraded()).toList())
                    .isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static double up(Gateway gateway) {
        String series = "tidegate_acme_store_up ";
        return gateway.certificates.metrics().lines().filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length()))).findFirst().orElse(-1);
    }

    @Test
    void ofTwoGatewaysOneAsksBothAnswerTheAuthorityAndBothHaveTheCertificate() {
        authority.hold();
        Gateway one = gateway("one", "one.test");
        Gateway two = gateway("two", "one.test");
        await("both to show it", () -> one.shown.equals(two.shown) && !one.shown.isEmpty());
        assertThat(one.shown).isEqualTo(Map.of("token-1", "token-1.print"));

        authority.look();
        await("both to show nothing", () -> one.shown.isEmpty() && two.shown.isEmpty());
        await("all to be well", () -> one.certificates.degraded().isEmpty() && two.certificates.degraded().isEmpty());
        assertThat(one.certificate("one.test")).isNotNull().isEqualTo(two.certificate("one.test"));
        assertThat(authority.asked).containsExactly("one.test");
        assertThat(up(one)).isEqualTo(1);

        // A gateway that comes later, with nothing but what is shared.
        Gateway three = gateway("three", "one.test");
        await("the certificate", () -> three.certificate("one.test") != null);
        assertThat(authority.asked).containsExactly("one.test");
    }

    @Test
    void oneThatIsHeardOfNoMoreIsReplacedAndWhatItGetsThenIsNotForTheOthers() {
        authority.hold();
        Gateway one = gateway("one", "one.test");
        await("the first order", () -> !one.shown.isEmpty());
        rooms.passLease();
        Gateway two = gateway("two", "one.test");
        await("the second order", () -> authority.asked.size() == 2);
        await("its challenge on both", () -> two.shown.containsKey("token-2"));

        authority.look();
        authority.look();
        await("the certificate on both", () -> one.certificate("one.test") != null
                && Objects.equals(one.certificate("one.test"), two.certificate("one.test")));
        await("all to be well", () -> one.certificates.degraded().isEmpty() && two.certificates.degraded().isEmpty());
        assertThat(authority.asked).containsExactly("one.test", "one.test");
    }

    @Test
    void whileTheStoreIsGoneWhatIsKnownIsServedAndNothingIsAskedFor() {
        Gateway one = gateway("one", "one.test");
        await("the certificate", () -> one.certificate("one.test") != null && one.certificates.degraded().isEmpty());
        StoredCertificate first = Objects.requireNonNull(one.certificate("one.test"));
        rooms.down(true);
        now.set(START.plus(Duration.ofDays(61)));
        String gone = "the store of certificates (Redis) can't be used, so that those that are known are served, and"
                + " none is renewed: it is gone";
        await("it to be told", () -> one.degraded(gone));
        assertThat(up(one)).isZero();

        // One that starts now has its own copies.
        one.certificates.close();
        Gateway again = gateway("one", "one.test");
        await("it to be told", () -> again.degraded(gone));
        assertThat(again.certificates.metrics()).contains("tidegate_acme_last_success_seconds{name=\"one.test\"} 1");
        assertThat(again.certificate("one.test")).isEqualTo(first);
        assertThat(authority.asked).containsExactly("one.test");

        rooms.down(false);
        await("another certificate", () -> !first.equals(again.certificate("one.test")));
        await("all to be well", () -> again.certificates.degraded().isEmpty());
        assertThat(up(again)).isEqualTo(1);
        assertThat(authority.asked).containsExactly("one.test", "one.test");
    }

    @Test
    void whatIsGivenWhileTheStoreIsGoneIsKeptAndSharedLater() {
        authority.hold();
        Gateway one = gateway("one", "one.test");
        await("the order", () -> !one.shown.isEmpty());
        authority.beforeGiving(() -> rooms.down(true));
        authority.look();
        await("the certificate", () -> one.certificate("one.test") != null);
        await("it to be told", () -> one.degraded("can't be used"));

        rooms.down(false);
        Gateway two = gateway("two", "one.test");
        await("it at the other one", () -> two.certificate("one.test") != null);
        assertThat(two.certificate("one.test")).isEqualTo(one.certificate("one.test"));
        assertThat(authority.asked).containsExactly("one.test");
    }

    @Test
    void aFailureCountsEvenWhereTheStoreCouldNotBeToldOfIt() {
        authority.hold();
        Gateway one = gateway("one", "one.test");
        await("the order", () -> !one.shown.isEmpty());
        rooms.down(true);
        authority.look();
        await("it to be told", () -> one.degraded("can't be used"));
        rooms.down(false);
        // What it could not give back is free after a lease.
        rooms.passLease();
        await("the store to be back", () -> !one.degraded("can't be used"));
        Gateway two = gateway("two", "other.test");
        authority.look();
        await("a round", () -> two.certificate("other.test") != null);
        assertThat(authority.asked).containsOnlyOnce("one.test");

        now.set(START.plus(Duration.ofMinutes(5)));
        authority.look();
        await("the certificate", () -> one.certificate("one.test") != null);
    }
}
