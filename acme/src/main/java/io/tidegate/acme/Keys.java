package io.tidegate.acme;

import io.tidegate.config.AcmeConfig.KeyType;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;

/// Makes keys.
final class Keys {

    private static final int RSA_BITS = 2048;

    private Keys() {
    }

    /// One of this kind.
    static KeyPair make(KeyType type) {
        return switch (type) {
            case ECDSA_P256 -> elliptic();
            case RSA_2048 -> rsa();
        };
    }

    /// One on the curve P-256.
    static KeyPair elliptic() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java knows the curve P-256", e);
        }
    }

    private static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(RSA_BITS);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has RSA", e);
        }
    }
}
