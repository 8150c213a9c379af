package io.tidegate.identity.signature;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers;
import io.tidegate.identity.keys.SignatureAlgorithm;
import io.tidegate.identity.keys.VerificationKey;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The keys that consumers sign with. Immutable.
final class SigningKeys {

    /// Algorithms by their names at IANA (RFC 9421 section 6.2.2), each as the one of tokens that does the same.
    private static final Map<String, SignatureAlgorithm> ALGORITHMS = Map.of(
            "hmac-sha256", SignatureAlgorithm.HS256,
            "ed25519", SignatureAlgorithm.EDDSA,
            "ecdsa-p256-sha256", SignatureAlgorithm.ES256,
            "ecdsa-p384-sha384", SignatureAlgorithm.ES384,
            "rsa-pss-sha512", SignatureAlgorithm.PS512,
            "rsa-v1_5-sha256", SignatureAlgorithm.RS256);

    private final Map<String, Key> keys = new HashMap<>();
    private final List<Key> decoys = new ArrayList<>();

    /// A key and whose it is.
    ///
    /// @param algorithm
    ///            the one that it is good for, by its name at IANA
    record Key(Consumer consumer, String algorithm, VerificationKey key) {

        /// Whether checking a signature takes so long that it must not hold up an event loop.
        boolean isSlow() {
            return !key.algorithm().isSymmetric();
        }
    }

    /// Reads the keys of all consumers.
    ///
    /// @throws ConfigException
    ///             where one can't be used
    SigningKeys(Consumers consumers) {
        new TreeMap<>(consumers.signingKeys()).forEach((id, declared) -> {
            try {
                Key key = new Key(declared.consumer(), declared.algorithm(), read(id, declared));
                keys.put(id, key);
                decoys.add(key);
            } catch (InvalidKeyException | IllegalArgumentException e) {
                throw new ConfigException("the signing key '" + id + "' of the consumer '" + declared.consumer().name()
                        + "': " + e.getMessage());
            }
        });
    }

    private static VerificationKey read(String id, Consumers.SigningKey declared) throws InvalidKeyException {
        SignatureAlgorithm algorithm = ALGORITHMS.get(declared.algorithm());
        if (algorithm == null) {
            throw new InvalidKeyException("'" + declared.algorithm() + "' is not known");
        }
        if (!algorithm.isSymmetric()) {
            return VerificationKey.pem(id, algorithm, declared.key());
        }
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(declared.key().strip());
        } catch (IllegalArgumentException e) {
            // The reason would show a part of the secret.
            throw new InvalidKeyException("the secret must be base64");
        }
        return VerificationKey.secret(id, algorithm, secret);
    }

    /// The key of this id, or null.
    @Nullable
    Key named(String id) {
        return keys.get(id);
    }

    /// A key for an id of nobody, always the same for the same id, so that checking its signature takes as long as for
    /// others; null where there are none.
    @Nullable
    Key decoy(String id) {
        return decoys.isEmpty() ? null : decoys.get(Math.floorMod(id.hashCode(), decoys.size()));
    }
}
