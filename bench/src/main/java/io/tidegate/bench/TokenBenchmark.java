package io.tidegate.bench;

import io.tidegate.identity.keys.IssuerKeys;
import io.tidegate.identity.keys.KeySet;
import io.tidegate.identity.keys.SignatureAlgorithm;
import io.tidegate.identity.keys.VerificationKey;
import io.tidegate.identity.token.TokenResult;
import io.tidegate.identity.token.TokenRules;
import io.tidegate.identity.token.TokenVerifier;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Checking a token that is not remembered, beside what the JDK takes for its signature alone.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TokenBenchmark {

    private static final String ISSUER = "https://id.example.com";
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    /// What tokens are signed with.
    @Param({"RS256", "ES256", "EdDSA"})
    public String algorithm = "";

    private String token = "";
    private byte[] signed = {};
    private byte[] signature = {};
    private @Nullable PublicKey key;
    private @Nullable TokenVerifier verifier;

    /// Makes a key, a token and what checks it.
    @Setup
    public void make() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(switch (algorithm) {
            case "RS256" -> "RSA";
            case "ES256" -> "EC";
            default -> "Ed25519";
        });
        if (!algorithm.equals("EdDSA")) {
            generator.initialize(algorithm.equals("RS256") ? 2048 : 256);
        }
        KeyPair pair = generator.generateKeyPair();
        String head = "{\"alg\":\"" + algorithm + "\",\"typ\":\"at+jwt\"}";
        String claims = "{\"iss\":\"" + ISSUER + "\",\"sub\":\"acme-backend\",\"aud\":\"orders\",\"exp\":4102444800,"
                + "\"iat\":1700000000,\"scope\":\"orders.read orders.write\","
                + "\"jti\":\"5f0c1c52-6f0e-4a43-9c3a-2b5d6f7e8a90\"}";
        String text = encoded(head.getBytes(StandardCharsets.US_ASCII)) + "."
                + encoded(claims.getBytes(StandardCharsets.US_ASCII));
        signed = text.getBytes(StandardCharsets.US_ASCII);
        Signature signer = library();
        signer.initSign(pair.getPrivate());
        signer.update(signed);
        signature = signer.sign();
        token = text + "." + encoded(signature);
        key = pair.getPublic();
        SignatureAlgorithm known = Objects.requireNonNull(SignatureAlgorithm.of(algorithm));
        KeySet keys = KeySet.of(List.of(VerificationKey.of(null, known, pair.getPublic())));
        TokenRules rules = TokenRules.of(ISSUER, Set.of("orders"), Duration.ZERO, 8192);
        verifier = new TokenVerifier(IssuerKeys.given(keys), rules, InstantSource.system());
    }

    private static String encoded(byte[] bytes) {
        return BASE64URL.encodeToString(bytes);
    }

    private Signature library() throws GeneralSecurityException {
        return Signature.getInstance(switch (algorithm) {
            case "RS256" -> "SHA256withRSA";
            case "ES256" -> "SHA256withECDSAinP1363Format";
            default -> "Ed25519";
        });
    }

    /// Everything that a token must be.
    @Benchmark
    public TokenResult token() {
        TokenResult result = Objects.requireNonNull(verifier).verify(token);
        if (!(result instanceof TokenResult.Good)) {
            throw new IllegalStateException("the token was refused: " + result);
        }
        return result;
    }

    /// The signature alone, by the JDK's library.
    @Benchmark
    public boolean signatureAlone() throws GeneralSecurityException {
        Signature library = library();
        library.initVerify(key);
        library.update(signed);
        if (!library.verify(signature)) {
            throw new IllegalStateException("the signature is no good");
        }
        return true;
    }
}
