package io.tidegate.identity.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.StateStore;
import io.tidegate.identity.RecordingState;
import io.tidegate.identity.TestIssuer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProofOfPossessionTest {

    private static final TestIssuer CLIENT = TestIssuer.of("client", "ES256");
    private static final long ISSUED = 1_800_000_000;
    private static final Duration MAX_AGE = Duration.ofSeconds(60);
    private static final Duration LEEWAY = Duration.ofSeconds(30);

    private static String sha256(String text) throws GeneralSecurityException {
        return TestIssuer.encode(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String proof() throws GeneralSecurityException {
        return CLIENT.sign("{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{" + CLIENT.material() + "}}",
                "{\"jti\":\"1\",\"htm\":\"GET\",\"htu\":\"https://a.test/\",\"iat\":" + ISSUED + ",\"ath\":\""
                        + sha256("token") + "\"}");
    }

    private static boolean isFresh(Instant now, StateStore store) throws Exception {
        ProofOfPossession.Claimed claimed = new ProofOfPossession.Claimed("GET", "https://a.test/", "token",
                sha256("{" + CLIENT.material() + "}"));
        return new ProofOfPossession(() -> now, store, MAX_AGE, LEEWAY).check(proof(), claimed)
                .toCompletableFuture().get();
    }

    @Test
    void aProofIsRememberedForAsLongAsItIsGood() throws Exception {
        Instant first = Instant.ofEpochSecond(ISSUED).minus(LEEWAY);
        Instant last = Instant.ofEpochSecond(ISSUED).plus(MAX_AGE).plus(LEEWAY).plusMillis(999);
        RecordingState store = new RecordingState();

        assertThat(isFresh(first, store)).isTrue();
        assertThat(isFresh(last, store)).isFalse();
        assertThat(isFresh(last, new RecordingState())).isTrue();
        assertThat(store.lives().getFirst()).isGreaterThan(Duration.between(first, last));
    }
}
