package io.tidegate.identity.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.StateStore;
import io.tidegate.identity.TestIssuer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProofOfPossessionTest {

    private static final TestIssuer CLIENT = TestIssuer.of("client", "ES256");
    private static final Duration MAX_AGE = Duration.ofSeconds(60);
    private static final Duration LEEWAY = Duration.ofSeconds(30);

    /// A store that remembers for how long it was to keep something.
    private static final class Kept implements StateStore {

        private @Nullable Duration life;

        @Override
        public CompletionStage<Optional<byte[]>> putIfAbsent(String key, byte[] value, Duration forSo) {
            life = forSo;
            return CompletableFuture.completedFuture(Optional.empty());
        }

        @Override
        public CompletionStage<Optional<byte[]>> get(String key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<?> put(String key, byte[] value, Duration forSo) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Boolean> replace(String key, byte[] expected, byte[] value, Duration forSo) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Boolean> remove(String key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Boolean> remove(String key, byte[] expected) {
            throw new UnsupportedOperationException();
        }
    }

    private static String sha256(String text) throws GeneralSecurityException {
        return TestIssuer.encode(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aProofIsRememberedForAsLongAsItIsGood() throws GeneralSecurityException {
        long issued = 1_800_000_000;
        String proof = CLIENT.sign("{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{" + CLIENT.material() + "}}",
                "{\"jti\":\"1\",\"htm\":\"GET\",\"htu\":\"https://a.test/\",\"iat\":" + issued + ",\"ath\":\""
                        + sha256("token") + "\"}");
        ProofOfPossession.Claimed claimed = new ProofOfPossession.Claimed("GET", "https://a.test/", "token",
                sha256("{" + CLIENT.material() + "}"));
        Instant first = Instant.ofEpochSecond(issued).minus(LEEWAY);
        Instant last = Instant.ofEpochSecond(issued).plus(MAX_AGE).plus(LEEWAY).plusMillis(999);
        Kept kept = new Kept();

        for (Instant now : new Instant[]{first, last}) {
            assertThat(new ProofOfPossession(() -> now, kept, MAX_AGE, LEEWAY).check(proof, claimed)
                    .toCompletableFuture()).isCompletedWithValue(true);
        }
        assertThat(kept.life).isGreaterThan(Duration.between(first, last));
    }
}
