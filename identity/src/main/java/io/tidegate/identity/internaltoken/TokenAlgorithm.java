package io.tidegate.identity.internaltoken;

import io.tidegate.api.Doc;
import io.tidegate.api.Named;

/// Algorithms of signatures, by their names in JOSE (RFC 7518, RFC 8037).
public enum TokenAlgorithm {
    @Doc("ECDSA on P-256. What every library can check.")
    @Named("ES256")
    ES256("ES256", "SHA256withECDSAinP1363Format"), @Doc("Ed25519. Faster.")
    @Named("EdDSA")
    EDDSA("EdDSA", "Ed25519");

    private final String id;
    private final String jca;

    TokenAlgorithm(String id, String jca) {
        this.id = id;
        this.jca = jca;
    }

    /// Its name in JOSE.
    String id() {
        return id;
    }

    /// Its name in the platform.
    String jca() {
        return jca;
    }
}
