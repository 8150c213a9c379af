package io.tidegate.config;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;

/// Shows certificate authorities that a name leads here. The engine is one; who asks for certificates never meets it.
public interface ChallengeTarget {

    /// Puts these answers in place of those before. Blocks until they are shown; the caller is never an event loop.
    ///
    /// @param texts
    ///            what HTTP-01 answers (RFC 8555 section 8.3), by token
    /// @param certificates
    ///            what TLS-ALPN-01 shows (RFC 8737), by host name in lower case
    void show(Map<String, String> texts, Map<String, Proof> certificates);

    /// A certificate that nobody trusts but who asked for it, and its key.
    record Proof(X509Certificate certificate, PrivateKey key) {
    }
}
