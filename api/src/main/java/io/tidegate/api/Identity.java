package io.tidegate.api;

/// What a consumer is known by when someone else vouches for it: the subject of a token, a name in a certificate.
///
/// @param kind
///            what vouches for it
/// @param issuer
///            who does: the issuer of a token; of a certificate, as [ClientCertificate#issuer] writes it; empty for
///            any issuer of certificates, and for directories
/// @param subject
///            the name, compared byte by byte
public record Identity(Kind kind, String issuer, String subject) {

    /// What vouches for identities.
    public enum Kind {
        /// A token of an issuer, by its `sub`.
        TOKEN,
        /// A certificate, by the URI in it: a SPIFFE ID.
        CERTIFICATE_URI,
        /// A certificate, by a host name in it, in lower case.
        CERTIFICATE_DNS,
        /// A certificate, by its subject as RFC 2253 writes it.
        CERTIFICATE_SUBJECT,
        /// A certificate, by its SHA-256 in 64 lower-case hexadecimal digits.
        CERTIFICATE_SHA256,
        /// An entry of a directory (LDAP), by its distinguished name in normal form.
        DIRECTORY
    }

    /// The subject of a token.
    public static Identity token(String issuer, String subject) {
        return new Identity(Kind.TOKEN, issuer, subject);
    }
}
