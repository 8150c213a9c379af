package io.tidegate.config;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FilePath;
import io.tidegate.api.Named;
import io.tidegate.api.Pattern;
import io.tidegate.api.Secret;
import io.tidegate.config.RouteConfig.Criticality;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Someone who calls: what they are known by, and what they belong to.
@Doc("Someone who calls: what they are known by, and what they belong to.")
public record ConsumerConfig(
        @Doc("What they are known by when someone else vouches for them: tokens, certificates, directories.") @Default("[]") List<IdentityConfig> identities,

        @Doc("Keys that they were given, for the policy `apiKey`.") @Default("[]") List<ApiKeyConfig> apiKeys,

        @Doc("File with more of such keys, a line for each: `<sha256> name=web notBefore=2027-01-01 expires=2028-01-31`, of which all but the first may be left out. It is read again when it changes.") @Nullable FilePath apiKeysFile,

        @Doc("User names and passwords, for the policy `basicAuth`.") @Default("[]") List<PasswordConfig> passwords,

        @Doc("Keys that they sign messages with, for the policy `hmac`.") @Default("[]") List<SigningKeyConfig> signingKeys,

        @Doc("What they belong to, for policies that decide on access.") @Default("[]") Set<String> groups,

        @Doc("What becomes of their requests where the gateway is overloaded, or an upstream's `maxConcurrency` is reached: instead of what the route says, but for routes that are `low`. Left out: what the route says.") @Nullable Criticality criticality) {

    /// A key that a consumer was given.
    @Doc("A key that a consumer was given. `tidegate key new` makes one, and what to write here.")
    public record ApiKeyConfig(
            @Doc("SHA-256 of the key in 64 lower-case hexadecimal digits; the key itself stands nowhere.") @Pattern(value = "[0-9a-f]{64}", expected = "64 lower-case hexadecimal digits: the SHA-256 of a key, from 'tidegate key hash'") @Secret String sha256,

            @Doc("Which key it is, for people.") @Nullable String name,

            @Doc("When it begins to be good.") @Nullable TimestampConfig notBefore,

            @Doc("When it stops being good.") @Nullable TimestampConfig expires) {

        /// Refuses a key that is never good.
        public ApiKeyConfig {
            if (notBefore != null && expires != null && !expires.time().isAfter(notBefore.time())) {
                throw new ConfigException("expires", "must be after 'notBefore' (" + notBefore + ")");
            }
        }

        /// Without the hash.
        @Override
        public String toString() {
            return "ApiKeyConfig[" + (name == null ? "" : name) + "]";
        }
    }

    /// A user name and its password.
    @Doc("A user name and its password.")
    public record PasswordConfig(
            @Doc("The user name, compared byte by byte.") @Pattern(value = "[^:\\p{Cntrl}]{1,255}", expected = "1 to 255 characters without ':' (RFC 7617 section 2)") String username,

            @Doc("What the password was hashed to: `$argon2id$…`, or bcrypt's `$2b$…`; from `tidegate key hash --password`.") @Secret String hash) {

        /// Without the hash.
        @Override
        public String toString() {
            return "PasswordConfig[" + username + "]";
        }
    }

    /// A key that a consumer signs messages with.
    @Doc("A key that a consumer signs messages with (RFC 9421). Either `secret` or `publicKey`, as the algorithm asks.")
    public record SigningKeyConfig(
            @Doc("What signatures call it by: `keyid`.") @Pattern(value = "[!-~&&[^\"\\\\]]{1,255}", expected = "1 to 255 visible characters") String id,

            @Doc("The one algorithm that it is good for.") Algorithm algorithm,

            @Doc("The shared secret, at least 32 bytes in base64; for `hmac-sha256`.") @Secret @Nullable String secret,

            @Doc("The public key in PEM; for all other algorithms.") @Nullable String publicKey) {

        /// Refuses a key that does not go with its algorithm.
        public SigningKeyConfig {
            boolean shared = algorithm == Algorithm.HMAC_SHA256;
            if (shared != (secret != null) || shared == (publicKey != null)) {
                throw new ConfigException("'" + algorithm.id() + "' needs a '" + (shared ? "secret" : "publicKey")
                        + "', and no '" + (shared ? "publicKey" : "secret") + "'");
            }
        }

        /// Without the key.
        @Override
        public String toString() {
            return "SigningKeyConfig[" + id + ", " + algorithm.id() + "]";
        }
    }

    /// Algorithms of signatures, by their names at IANA.
    public enum Algorithm {
        @Doc("A shared secret.")
        @Named("hmac-sha256")
        HMAC_SHA256("hmac-sha256"), @Doc("Ed25519.")
        @Named("ed25519")
        ED25519("ed25519"), @Doc("ECDSA on P-256.")
        @Named("ecdsa-p256-sha256")
        ECDSA_P256_SHA256("ecdsa-p256-sha256"), @Doc("ECDSA on P-384.")
        @Named("ecdsa-p384-sha384")
        ECDSA_P384_SHA384("ecdsa-p384-sha384"), @Doc("RSA with PSS.")
        @Named("rsa-pss-sha512")
        RSA_PSS_SHA512("rsa-pss-sha512"), @Doc("RSA with PKCS #1 v1.5.")
        @Named("rsa-v1_5-sha256")
        RSA_V1_5_SHA256("rsa-v1_5-sha256");

        private final String id;

        Algorithm(String id) {
            this.id = id;
        }

        /// Its name at IANA.
        public String id() {
            return id;
        }
    }
}
