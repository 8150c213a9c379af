package io.tidegate.config;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FilePath;
import io.tidegate.api.Named;
import io.tidegate.api.Range;
import io.tidegate.api.Secret;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Certificates that the gateway gets from an authority by ACME (RFC 8555).
@Doc("Certificates that the gateway gets from an authority by ACME (RFC 8555), one for each name, and renews by itself.")
public record AcmeConfig(
        @Doc("Host names. Each gets a certificate of its own; until it has one, its clients are refused. No wildcards: they need DNS-01.") @Range(min = 1, max = 1000) List<String> names,

        @Doc("Must be `true`: you agree to the authority's terms of service.") boolean agreeToTerms,

        @Doc("A folder for the certificates, their keys and the key of the account, for nobody but the gateway to read. Gateways on one file system may share it: one of them renews, all of them serve.") FilePath store,

        @Doc("Address of the authority's directory. Left out: Let's Encrypt.") @Default("https://acme-v02.api.letsencrypt.org/directory") String directory,

        @Doc("Where the authority may write to.") @Nullable String email,

        @Doc("How the authority finds out that a name is yours.") @Default("tls-alpn-01") Challenge challenge,

        @Doc("How long before its end a certificate is renewed, at the earliest when a tenth of its life is over. Left out: a third of its life.") @Nullable Duration renewBefore,

        @Doc("The kind of the certificates' keys. Another one counts from the next renewal on.") @Default("ecdsa-p256") KeyType keyType,

        @Doc("Authorities, in PEM, that the directory's own certificate must come from. Left out: those that Java trusts.") @Nullable FilePath ca,

        @Doc("Ties the account to one that you have with the authority already (external account binding).") @Nullable EabConfig eab,

        @Doc("Shares the account and its certificates with other gateways by the Redis of `sharedState`, encrypted. `store` is this gateway's own then: it holds copies, which are served while Redis is down. Left out: gateways share by `store` alone.") @Nullable SharingConfig redis) {

    private static final String ENDING = ".pem";

    /// How the authority finds out that a name belongs to whom it gives a certificate.
    public enum Challenge {
        @Doc("By a handshake on port 443 of the name, on whatever listener with `tls` that leads to (RFC 8737).")
        @Named("tls-alpn-01")
        TLS_ALPN_01, @Doc("By a request to port 80 of the name, on whatever listener without `tls` that leads to.")
        @Named("http-01")
        HTTP_01
    }

    /// A kind of keys.
    public enum KeyType {
        @Doc("ECDSA on the curve P-256: small and fast.")
        @Named("ecdsa-p256")
        ECDSA_P256, @Doc("RSA with 2048 bits, for clients that know nothing else.")
        @Named("rsa-2048")
        RSA_2048
    }

    /// An account that somebody has with the authority outside of ACME.
    @Doc("An account with the authority outside of ACME; it gives both values.")
    public record EabConfig(
            @Doc("The key identifier.") String kid,

            @Doc("The key, in Base64 for URLs.") @Secret String hmac) {

        /// Tells everything but the key.
        @Override
        public String toString() {
            return "EabConfig[kid=" + kid + ", hmac=***]";
        }
    }

    /// How gateways share an account and its certificates by a Redis.
    @Doc("How gateways share an account and its certificates by the Redis of `sharedState`.")
    public record SharingConfig(
            @Doc("What everything in Redis is encrypted with, each of 32 bytes or more; the same for all gateways. The first encrypts, all decrypt: put a new one behind the old one everywhere first, then before it, and take the old one out once all gateways have that.") @Secret @Range(min = 1, max = 8) List<String> secrets) {

        private static final int LEAST_SECRET = 32;

        /// Refuses secrets that could be guessed.
        public SharingConfig {
            for (String secret : secrets) {
                if (secret.getBytes(StandardCharsets.UTF_8).length < LEAST_SECRET) {
                    throw new ConfigException("secrets", "must each have " + LEAST_SECRET
                            + " bytes or more, as 'openssl rand -base64 32' makes them (one is shorter)");
                }
            }
        }

        /// Tells everything but the secrets.
        @Override
        public String toString() {
            return "SharingConfig[secrets=***]";
        }
    }

    /// The name of the authority in stores: what comes from another one is kept apart.
    public String room() {
        URI uri = URI.create(directory);
        return URLEncoder.encode(uri.getRawAuthority() + uri.getRawPath(), StandardCharsets.UTF_8);
    }

    /// The folder in the store for what comes from this authority: another one begins anew.
    public FilePath folder() {
        return new FilePath(store.path().resolve(room()).toString());
    }

    /// The file in the store with the certificate of a name and its key: one, so that it is replaced at once.
    public FilePath file(String name) {
        return new FilePath(folder().path().resolve(name + ENDING).toString());
    }

    /// The certificate of a name, as if it were declared.
    public CertificateConfig certificate(String name) {
        FilePath file = file(name);
        return new CertificateConfig(file, file, null, List.of(name), null);
    }

    /// The same for other names.
    public AcmeConfig withNames(List<String> others) {
        return new AcmeConfig(others, agreeToTerms, store, directory, email, challenge, renewBefore, keyType, ca, eab,
                redis);
    }
}
