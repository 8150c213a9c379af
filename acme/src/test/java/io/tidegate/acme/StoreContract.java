package io.tidegate.acme;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.AcmeConfig;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What gateways can rely on, whatever their store is.
abstract class StoreContract {

    static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");
    static final List<String> NAMES = List.of("one.test", "two.test");

    /// A store as one more gateway has it.
    abstract Store another() throws IOException;

    /// So much time goes by that nothing was heard of anybody for a lease.
    abstract void passLease();

    /// What a gateway has in its files, after it has looked.
    static @Nullable StoredCertificate seen(Store store, String name) throws IOException {
        store.refresh(NAMES);
        return FileStore.certificate(store.folder().resolve(name + ".pem"));
    }

    @FunctionalInterface
    interface Writing {
        void run() throws IOException;
    }

    static void locked(Store store, Writing writing) throws IOException {
        try (Store.Held held = Objects.requireNonNull(store.take(), "the lock")) {
            assertThat(held.beat()).isTrue();
            writing.run();
        }
    }

    static void put(Store store, String name, StoredCertificate made) throws IOException {
        locked(store, () -> {
            store.keep(name, made);
            store.put(name, made);
        });
    }

    static StoredCertificate issued(String name, Instant from) {
        return Issued.stored(name, from, from.plusSeconds(3600));
    }

    @Test
    void aCertificateIsForAllGatewaysAndReplacesTheOneBefore() throws IOException {
        Store one = another();
        Store two = another();
        assertThat(seen(one, "one.test")).isNull();
        assertThat(seen(two, "one.test")).isNull();

        StoredCertificate first = issued("one.test", NOW.minusSeconds(60));
        put(one, "one.test", first);
        assertThat(seen(one, "one.test")).isEqualTo(first);
        assertThat(seen(two, "one.test")).isEqualTo(first);
        assertThat(seen(two, "two.test")).isNull();

        StoredCertificate next = issued("one.test", NOW.minusSeconds(30));
        put(two, "one.test", next);
        assertThat(seen(one, "one.test")).isEqualTo(next);
        assertThat(seen(another(), "one.test")).isEqualTo(next);
    }

    @Test
    void theAccountsKeyIsOneForAllGateways() throws IOException {
        Store one = another();
        Store two = another();
        KeyPair key = Keys.elliptic();
        locked(one, () -> {
            assertThat(one.account()).isNull();
            one.putAccount(key);
        });
        locked(two, () -> {
            KeyPair read = Objects.requireNonNull(two.account());
            assertThat(read.getPublic()).isEqualTo(key.getPublic());
            assertThat(read.getPrivate()).isEqualTo(key.getPrivate());
        });
    }

    @Test
    void aFailureIsKnownToAllUntilThereIsNone() throws IOException {
        Store one = another();
        Store two = another();
        Failure failure = new Failure(3, NOW, NOW.plusSeconds(60), "urn:x", "a reason, in words: = ü");
        locked(one, () -> one.putFailure("one.test", failure));
        two.refresh(NAMES);
        assertThat(two.failure("one.test")).isEqualTo(failure);
        assertThat(two.failure("two.test")).isNull();

        locked(two, () -> two.putFailure("one.test", new Failure(4, NOW, null, "urn:x", "m")));
        one.refresh(NAMES);
        assertThat(one.failure("one.test")).isEqualTo(new Failure(4, NOW, null, "urn:x", "m"));
        locked(one, () -> one.putFailure("one.test", null));
        two.refresh(NAMES);
        assertThat(two.failure("one.test")).isNull();
    }

    @Test
    void aChallengeIsToldToAllUntilThereIsNone() throws IOException {
        Store one = another();
        Store two = another();
        Challenge challenge = new Challenge(AcmeConfig.Challenge.HTTP_01, "one.test", "tok-en_1", "tok-en_1.print");
        locked(one, () -> one.putChallenge(challenge));
        two.refresh(NAMES);
        assertThat(two.challenge()).isEqualTo(challenge);
        assertThat(one.challenge()).isEqualTo(challenge);

        locked(two, () -> two.putChallenge(null));
        one.refresh(NAMES);
        assertThat(one.challenge()).isNull();
    }

    @Test
    void onlyOneHasTheLockUntilItIsGivenBackOrNothingIsHeardOfIt() throws IOException {
        Store one = another();
        Store two = another();
        try (Store.Held held = Objects.requireNonNull(one.take())) {
            assertThat(two.take()).isNull();
            assertThat(held.beat()).isTrue();
        }
        Store.Held lost = Objects.requireNonNull(two.take());
        assertThat(one.take()).isNull();
        passLease();
        try (Store.Held held = Objects.requireNonNull(one.take())) {
            assertThat(lost.beat()).isFalse();
            // What it gives back is not the lock any more.
            lost.close();
            assertThat(held.beat()).isTrue();
            assertThat(two.take()).isNull();
        }
    }
}
