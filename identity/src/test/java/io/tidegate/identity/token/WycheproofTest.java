package io.tidegate.identity.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidegate.api.FaultException;
import io.tidegate.identity.StrictJson;
import io.tidegate.identity.keys.IssuerKeys;
import io.tidegate.identity.keys.JsonWebKeys;
import io.tidegate.identity.keys.KeySet;
import io.tidegate.identity.keys.SignatureAlgorithm;
import io.tidegate.identity.keys.VerificationKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The vectors of Project Wycheproof for signatures in JSON. They lie beside the checkout, in
/// `../shared/data/wycheproof` or where the property `tidegate.wycheproof` says; where they don't these tests are
/// reported as not run.
class WycheproofTest {

    /// Vectors that are called valid, and are refused here all the same.
    private static final Map<Long, String> REFUSED_ON_PURPOSE = Map.of(346L,
            "the key is for PS256, the token has PS384",
            350L, "likewise", 347L, "the key is for ES521, which does not exist", 351L, "likewise", 349L,
            "the key may do 'sign, verify', which is one unknown word", 372L, "has a character that is not base64url",
            373L, "likewise");

    /// Vectors that are called invalid because of padding that they don't have: byte for byte they are the valid 357.
    private static final Set<Long> THE_SAME_AS_A_VALID_ONE = Set.of(367L, 370L);

    private static final List<SignatureAlgorithm> ALL = List.of(SignatureAlgorithm.values());

    private static Map<String, Object> vectors(String name) throws Exception {
        Path folder = folder();
        assumeTrue(Files.isDirectory(folder), () -> "the vectors are not there: " + folder);
        return StrictJson.object(Files.readAllBytes(folder.resolve(name)));
    }

    private static Path folder() {
        String given = System.getProperty("tidegate.wycheproof");
        if (given != null) {
            return Path.of(given);
        }
        Path at = Path.of("").toAbsolutePath();
        while (at.getParent() != null && !Files.exists(at.resolve("CONTRIBUTING.md"))) {
            at = at.getParent();
        }
        return at.resolveSibling("shared/data/wycheproof");
    }

    @Test
    void signaturesAreTakenAndRefusedAsTheyShould() throws Exception {
        assertThat(judged("json_web_signature_test.json", REFUSED_ON_PURPOSE)).isEqualTo("401: 41 taken, 360 refused");
    }

    @Test
    void keysAreTakenAndRefusedAsTheyShould() throws Exception {
        assertThat(judged("json_web_key_test.json", Map.of())).isEqualTo("26: 5 taken, 21 refused");
    }

    private static String judged(String file, Map<Long, String> onPurpose) throws Exception {
        int taken = 0;
        int refused = 0;
        List<String> wrong = new ArrayList<>();
        for (Map<?, ?> group : maps(vectors(file).get("testGroups"))) {
            KeySet keys = keys((Map<?, ?>) Objects.requireNonNull(group.get("private")));
            for (Map<?, ?> test : maps(group.get("tests"))) {
                boolean expected = ("valid".equals(test.get("result")) && !onPurpose.containsKey(test.get("tcId")))
                        || (!onPurpose.isEmpty() && THE_SAME_AS_A_VALID_ONE.contains(test.get("tcId")));
                boolean passed = passes(String.valueOf(test.get("jws")), keys);
                taken += passed ? 1 : 0;
                refused += passed ? 0 : 1;
                if (passed != expected) {
                    wrong.add(test.get("tcId") + " " + test.get("comment"));
                }
            }
        }
        assertThat(wrong).isEmpty();
        return taken + refused + ": " + taken + " taken, " + refused + " refused";
    }

    private static List<Map<?, ?>> maps(@Nullable Object list) {
        List<Map<?, ?>> maps = new ArrayList<>();
        ((List<?>) Objects.requireNonNull(list)).forEach(element -> maps.add((Map<?, ?>) element));
        return maps;
    }

    private static boolean passes(String token, KeySet keys) {
        Set<SignatureAlgorithm> accepted = Set.copyOf(ALL);
        TokenVerifier verifier = new TokenVerifier(IssuerKeys.given(keys),
                new TokenRules(accepted, "any", Set.of(), null, Map.of(), Duration.ZERO, 100_000),
                InstantSource.system());
        try {
            verifier.signed(CompactToken.read(token, 100_000, accepted), Map.of("iss", "any"));
            return true;
        } catch (FaultException e) {
            return false;
        }
    }

    /// The keys of a group: public ones as an issuer would tell of them, and secrets where there are only those.
    private static KeySet keys(Map<?, ?> group) throws Exception {
        List<Map<?, ?>> all = group.containsKey("keys") ? maps(group.get("keys")) : List.of(group);
        List<VerificationKey> keys = new ArrayList<>();
        boolean secrets = all.stream().allMatch(key -> "oct".equals(key.get("kty")));
        for (Map<?, ?> jwk : all) {
            Map<Object, Object> told = new HashMap<>(jwk);
            if (!"oct".equals(jwk.get("kty"))) {
                told.keySet().removeAll(Set.of("d", "p", "q", "dp", "dq", "qi"));
            }
            VerificationKey key = secrets ? secret(jwk) : JsonWebKeys.key(told, ALL);
            if (key != null) {
                keys.add(key);
            }
        }
        return KeySet.of(keys);
    }

    private static @Nullable VerificationKey secret(Map<?, ?> jwk) {
        SignatureAlgorithm algorithm = SignatureAlgorithm.of(String.valueOf(jwk.get("alg")));
        try {
            return algorithm == null
                    ? null
                    : VerificationKey.secret((String) jwk.get("kid"), algorithm,
                            Base64.getUrlDecoder().decode(String.valueOf(jwk.get("k"))));
        } catch (InvalidKeyException e) {
            return null;
        }
    }
}
