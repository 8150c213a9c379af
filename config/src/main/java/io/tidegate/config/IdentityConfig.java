package io.tidegate.config;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Doc;
import io.tidegate.api.Identity;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a consumer is known by when someone else vouches for it: exactly one of these.
@Doc("What a consumer is known by when someone else vouches for it: exactly one of these.")
public record IdentityConfig(
        @Doc("The subject of a token.") @Nullable TokenIdentityConfig jwt,

        @Doc("A name in a client certificate.") @Nullable CertificateIdentityConfig certificate,

        @Doc("The distinguished name of an entry of a directory, in any spelling: `uid=alice,ou=people,dc=example,dc=org`.") @Nullable String ldap) {

    /// Refuses none and several.
    public IdentityConfig {
        if (Stream.of(jwt, certificate, ldap).filter(Objects::nonNull).count() != 1) {
            throw new ConfigException("must have exactly one of jwt, certificate, ldap");
        }
        ldap = ldap == null ? null : DistinguishedNames.ofEntries("ldap", ldap);
    }

    /// The subject of a token.
    @Doc("The subject of a token.")
    public record TokenIdentityConfig(
            @Doc("Who issues the token: its `iss`.") String issuer,

            @Doc("Whom it is about: its `sub`, or the claim that the policy takes for it.") String sub) {
    }

    /// A name in a client certificate.
    @Doc("A name in a client certificate: exactly one of uri, dns, subject and sha256.")
    public record CertificateIdentityConfig(
            @Doc("A URI among its alternative names: `spiffe://example.org/orders`.") @Nullable String uri,

            @Doc("A host name among its alternative names.") @Nullable String dns,

            @Doc("Its subject, as RFC 2253 writes it: `CN=orders,O=Shop`.") @Nullable String subject,

            @Doc("Its SHA-256 in 64 hexadecimal digits.") @Nullable String sha256,

            @Doc("Who issued it, as RFC 2253 writes it: `CN=Clients,O=Shop`. Left out, any of the listener's authorities may have.") @Nullable String issuer) {

        /// Refuses none and several.
        public CertificateIdentityConfig {
            if (Stream.of(uri, dns, subject, sha256).filter(Objects::nonNull).count() != 1) {
                throw new ConfigException("must have exactly one of uri, dns, subject, sha256");
            }
            if (sha256 != null && !sha256.matches("[0-9a-fA-F]{64}")) {
                throw new ConfigException("sha256", "must be 64 hexadecimal digits");
            }
            issuer = issuer == null ? null : DistinguishedNames.ofCertificates("issuer", issuer);
        }
    }

    /// What it is looked up by.
    public Identity identity() {
        if (jwt != null) {
            return Identity.token(jwt.issuer(), jwt.sub());
        }
        if (certificate != null) {
            return of(certificate);
        }
        return new Identity(Identity.Kind.DIRECTORY, "", Objects.requireNonNull(ldap));
    }

    private static Identity of(CertificateIdentityConfig certificate) {
        String issuer = Objects.requireNonNullElse(certificate.issuer(), "");
        if (certificate.uri() != null) {
            return new Identity(Identity.Kind.CERTIFICATE_URI, issuer, certificate.uri());
        }
        if (certificate.dns() != null) {
            return new Identity(Identity.Kind.CERTIFICATE_DNS, issuer, certificate.dns().toLowerCase(Locale.ROOT));
        }
        if (certificate.subject() != null) {
            return new Identity(Identity.Kind.CERTIFICATE_SUBJECT, issuer, certificate.subject());
        }
        return new Identity(Identity.Kind.CERTIFICATE_SHA256, issuer,
                Objects.requireNonNull(certificate.sha256()).toLowerCase(Locale.ROOT));
    }
}
