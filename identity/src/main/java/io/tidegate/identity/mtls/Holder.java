package io.tidegate.identity.mtls;

import io.tidegate.api.ClientCertificate;
import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers;
import io.tidegate.api.Identity;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Who holds a certificate, and by which names.
final class Holder {

    private static final String SPIFFE = "spiffe://";

    private final ClientCertificate certificate;
    private final List<String> uris;
    private final List<String> dnsNames;

    Holder(ClientCertificate certificate) {
        this.certificate = certificate;
        // Of several URIs none is a SPIFFE ID (X.509-SVID section 2), whatever it looks like.
        boolean several = certificate.uris().size() > 1;
        this.uris = certificate.uris().stream()
                .filter(uri -> !several || !uri.regionMatches(true, 0, SPIFFE, 0, SPIFFE.length())).toList();
        this.dnsNames = certificate.dnsNames().stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }

    private List<String> names(Identity.Kind kind) {
        return switch (kind) {
            case CERTIFICATE_URI -> uris;
            case CERTIFICATE_DNS -> dnsNames;
            case CERTIFICATE_SUBJECT -> certificate.subject().isEmpty() ? List.of() : List.of(certificate.subject());
            case CERTIFICATE_SHA256 -> List.of(certificate.sha256());
            case TOKEN, DIRECTORY -> List.of();
        };
    }

    /// Whose the name is where this issuer vouches for it; else, where anyone does.
    private @Nullable Consumer named(Consumers consumers, Identity.Kind kind, String name) {
        Consumer consumer = consumers.identified(new Identity(kind, certificate.issuer(), name));
        return consumer == null ? consumers.identified(new Identity(kind, "", name)) : consumer;
    }

    /// The consumer that the first of these kinds leads to; null for none, and where names of one kind lead to several
    /// consumers, of whom nobody can say which it is.
    @Nullable
    Consumer consumer(Consumers consumers, List<MtlsConfig.By> kinds) {
        for (MtlsConfig.By by : kinds) {
            Consumer found = null;
            for (String name : names(by.kind())) {
                Consumer consumer = named(consumers, by.kind(), name);
                if (found != null && consumer != null && !found.equals(consumer)) {
                    return null;
                }
                found = found == null ? consumer : found;
            }
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /// Whether its SPIFFE ID belongs to one of these trust domains.
    boolean isOf(java.util.Set<String> trustDomains) {
        String id = certificate.spiffeId();
        if (id == null) {
            return false;
        }
        int slash = id.indexOf('/', SPIFFE.length());
        return trustDomains.contains(id.substring(SPIFFE.length(), slash < 0 ? id.length() : slash));
    }

    /// Whether one of its names is one of these, or begins as one that ends in `*`.
    boolean isOneOf(List<String> patterns) {
        return Stream.of(uris, dnsNames, List.of(certificate.subject())).flatMap(List::stream)
                .anyMatch(name -> patterns.stream().anyMatch(pattern -> pattern.endsWith("*")
                        ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                        : name.equals(pattern)));
    }

    /// Its first name: a URI, else the subject, else a host name, else its SHA-256.
    String name() {
        if (!uris.isEmpty()) {
            return uris.getFirst();
        }
        if (!certificate.subject().isEmpty()) {
            return certificate.subject();
        }
        return dnsNames.isEmpty() ? certificate.sha256() : dnsNames.getFirst();
    }

    /// What the certificate says.
    Map<String, Object> claims() {
        Map<String, Object> claims = new TreeMap<>();
        claims.put("subject", certificate.subject());
        claims.put("issuer", certificate.issuer());
        claims.put("serialNumber", certificate.serialNumber());
        claims.put("sha256", certificate.sha256());
        claims.put("dnsNames", certificate.dnsNames());
        claims.put("uris", certificate.uris());
        if (certificate.spiffeId() != null) {
            claims.put("spiffeId", certificate.spiffeId());
        }
        return Map.copyOf(claims);
    }
}
