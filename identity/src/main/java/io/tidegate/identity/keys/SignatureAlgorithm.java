package io.tidegate.identity.keys;

import io.tidegate.api.Doc;
import io.tidegate.api.Named;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An algorithm of signatures of tokens (RFC 7518 section 3.1, RFC 8037). There is no `none`.
public enum SignatureAlgorithm {
    @Doc("RSA, PKCS #1 v1.5, SHA-256.")
    @Named("RS256")
    RS256("RSA", 0), @Doc("RSA, PKCS #1 v1.5, SHA-384.")
    @Named("RS384")
    RS384("RSA", 0), @Doc("RSA, PKCS #1 v1.5, SHA-512.")
    @Named("RS512")
    RS512("RSA", 0), @Doc("RSA, PSS, SHA-256.")
    @Named("PS256")
    PS256("RSA", 0), @Doc("RSA, PSS, SHA-384.")
    @Named("PS384")
    PS384("RSA", 0), @Doc("RSA, PSS, SHA-512.")
    @Named("PS512")
    PS512("RSA", 0), @Doc("ECDSA on P-256.")
    @Named("ES256")
    ES256("P-256", 0), @Doc("ECDSA on P-384.")
    @Named("ES384")
    ES384("P-384", 0), @Doc("ECDSA on P-521.")
    @Named("ES512")
    ES512("P-521", 0), @Doc("Ed25519. Tokens may call it `EdDSA` or `Ed25519` (RFC 9864).")
    @Named("EdDSA")
    EDDSA("Ed25519", 0), @Doc("A secret of at least 32 bytes that issuer and gateway share.")
    @Named("HS256")
    HS256("secret", 32), @Doc("A secret of at least 48 bytes that issuer and gateway share.")
    @Named("HS384")
    HS384("secret", 48), @Doc("A secret of at least 64 bytes that issuer and gateway share.")
    @Named("HS512")
    HS512("secret", 64);

    private static final Map<String, SignatureAlgorithm> BY_ID = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(SignatureAlgorithm::id, algorithm -> algorithm));

    private final String material;
    private final int minSecretBytes;

    SignatureAlgorithm(String material, int minSecretBytes) {
        this.material = material;
        this.minSecretBytes = minSecretBytes;
    }

    /// The algorithm that tokens and keys call so, with regard to case; null for others.
    public static @Nullable SignatureAlgorithm of(String id) {
        return id.equals("Ed25519") ? EDDSA : BY_ID.get(id);
    }

    /// Its name in tokens.
    public String id() {
        return this == EDDSA ? "EdDSA" : name();
    }

    /// Whether issuer and gateway share a secret.
    public boolean isSymmetric() {
        return minSecretBytes > 0;
    }

    /// Least bytes of its secret (RFC 7518 section 3.2); 0 for what needs none.
    public int minSecretBytes() {
        return minSecretBytes;
    }

    /// Whether keys of this kind fit: `RSA`, the name of a curve, `secret`.
    boolean fits(String kind) {
        return material.equals(kind);
    }

    /// The first of these that fits keys of this kind; null where none does.
    static @Nullable SignatureAlgorithm first(List<SignatureAlgorithm> accepted, String kind) {
        for (SignatureAlgorithm algorithm : accepted) {
            if (algorithm.fits(kind)) {
                return algorithm;
            }
        }
        return null;
    }
}
