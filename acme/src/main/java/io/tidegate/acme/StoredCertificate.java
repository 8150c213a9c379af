package io.tidegate.acme;

import io.tidegate.config.pem.Certificates;
import io.tidegate.config.pem.PrivateKeys;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A certificate that was given, and its key.
///
/// @param chain
///            the certificate, then the intermediate ones
record StoredCertificate(PrivateKey key, List<X509Certificate> chain) {

    /// The certificate itself.
    X509Certificate certificate() {
        return chain.getFirst();
    }

    /// Why it can't be used for a name; null where it can.
    @Nullable
    String fault(String name, Instant now) {
        if (!PrivateKeys.match(key, certificate().getPublicKey())) {
            return "the key is not that of the certificate";
        }
        List<String> names = Certificates.names(certificate());
        if (!names.contains(name)) {
            return "the certificate is for " + names;
        }
        Instant until = certificate().getNotAfter().toInstant();
        return until.isAfter(now) ? null : "the certificate expired on " + until;
    }
}
