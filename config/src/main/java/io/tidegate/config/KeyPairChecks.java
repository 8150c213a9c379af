package io.tidegate.config;

import static io.tidegate.config.CheckContext.below;

import io.tidegate.api.FilePath;
import io.tidegate.config.pem.Certificates;
import io.tidegate.config.pem.PrivateKeys;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks a certificate and its key, as a listener shows them to clients, or the gateway to a service.
final class KeyPairChecks {

    private static final int LEAST_RSA_BITS = 2048;

    private final CheckContext context;
    private final Instant now = Instant.now();

    KeyPairChecks(CheckContext context) {
        this.context = context;
    }

    /// Checks one pair.
    ///
    /// @param at
    ///            where `cert` and `key` stand
    /// @return the first certificate, or null where there is none that could be read
    @Nullable
    X509Certificate check(FilePath cert, FilePath key, Object... at) {
        List<X509Certificate> chain = context.read(() -> Certificates.read(cert.path()), cert, below(at, "cert"));
        PrivateKey secret = context.read(() -> PrivateKeys.read(key.path()), key, below(at, "key"));
        if (chain == null) {
            return null;
        }
        X509Certificate own = chain.getFirst();
        if (secret != null && !PrivateKeys.match(secret, own.getPublicKey())) {
            context.error("the key in " + key + " does not belong to the first certificate in " + cert,
                    below(at, "key"));
        }
        validity(own, cert, below(at, "cert"));
        return own;
    }

    private void validity(X509Certificate own, FilePath cert, Object... at) {
        if (own.getNotAfter().toInstant().isBefore(now)) {
            context.warning("the certificate in " + cert + " expired on " + own.getNotAfter().toInstant(), at);
        } else if (own.getNotBefore().toInstant().isAfter(now)) {
            context.warning("the certificate in " + cert + " is not valid before " + own.getNotBefore().toInstant(),
                    at);
        }
        if (own.getPublicKey() instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
            context.error("must have an RSA key of at least " + LEAST_RSA_BITS + " bits (has "
                    + rsa.getModulus().bitLength() + ")", at);
        }
    }
}
