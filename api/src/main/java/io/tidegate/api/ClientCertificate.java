package io.tidegate.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A client's certificate, checked against the listener's authorities and lists of withdrawn certificates.
///
/// @param subject
///            whom it is for, as RFC 2253 writes it: `CN=orders,O=Shop`
/// @param issuer
///            who signed it, in the same form
/// @param serialNumber
///            in hexadecimal digits
/// @param sha256
///            SHA-256 of it, in 64 lower-case hexadecimal digits
/// @param dnsNames
///            its alternative names that are host names
/// @param uris
///            its alternative names that are URIs
public record ClientCertificate(String subject, String issuer, String serialNumber, String sha256,
        List<String> dnsNames, List<String> uris) {

    /// Copies what it is given.
    public ClientCertificate {
        dnsNames = List.copyOf(dnsNames);
        uris = List.copyOf(uris);
    }

    /// Its SPIFFE ID, `spiffe://example.org/orders`; null where it has none. One with several URIs has none (X.509-SVID
    /// section 2).
    public @Nullable String spiffeId() {
        return uris.size() == 1 && uris.getFirst().startsWith("spiffe://") ? uris.getFirst() : null;
    }
}
