package io.tidegate.api;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who may call, and by what they are known: those of one configuration.
///
/// Look-ups are for event loops: they never block, and take a time that does not depend on the number of consumers or
/// on how much of a secret was right. A source that is elsewhere keeps what it knows at hand.
public interface Consumers {

    /// Nobody.
    Consumers NONE = new Consumers() {
    };

    /// A key that was given to a consumer. The key itself is not known, only its SHA-256.
    ///
    /// @param consumer
    ///            whose it is
    /// @param name
    ///            which of the consumer's keys it is, for logs; empty where it has no name
    /// @param notBefore
    ///            from when on it is good; null for always
    /// @param expires
    ///            from when on it is not good any more; null for never
    record ApiKey(Consumer consumer, String name, @Nullable Instant notBefore, @Nullable Instant expires) {
    }

    /// A password of a consumer.
    ///
    /// @param consumer
    ///            whose it is
    /// @param hash
    ///            what it was hashed to, in the form that names its own parameters: `$argon2id$…`, `$2b$…`
    record Password(Consumer consumer, String hash) {

        /// Without the hash.
        @Override
        public String toString() {
            return "Password[" + consumer.name() + "]";
        }
    }

    /// A key that a consumer signs messages with (RFC 9421).
    ///
    /// @param consumer
    ///            whose it is
    /// @param algorithm
    ///            the one algorithm it is good for, by its name at IANA: `hmac-sha256`, `ed25519`
    /// @param key
    ///            the shared secret as it is, or the public key as a PEM text
    record SigningKey(Consumer consumer, String algorithm, String key) {

        /// Without the key.
        @Override
        public String toString() {
            return "SigningKey[" + consumer.name() + ", " + algorithm + "]";
        }
    }

    /// The consumer of this name, or null.
    default @Nullable Consumer named(String name) {
        return null;
    }

    /// The consumer that has this identity, or null.
    default @Nullable Consumer identified(Identity identity) {
        return null;
    }

    /// The key with this hash, or null. Whether it is good now is for the caller to see.
    ///
    /// @param sha256
    ///            32 bytes
    default @Nullable ApiKey apiKey(byte[] sha256) {
        return null;
    }

    /// The password that goes with this user name, or null.
    default @Nullable Password password(String username) {
        return null;
    }

    /// The key of this id, or null.
    default @Nullable SigningKey signingKey(String id) {
        return null;
    }

    /// All passwords by their user names, for checks when a policy is made; no more than a configuration declares.
    default Map<String, Password> passwords() {
        return Map.of();
    }

    /// All keys for signatures by their ids, for checks when a policy is made; no more than a configuration declares.
    default Map<String, SigningKey> signingKeys() {
        return Map.of();
    }
}
