package io.tidegate.config;

import static io.tidegate.config.CheckContext.below;

import io.tidegate.api.FilePath;
import io.tidegate.config.pem.Certificates;
import io.tidegate.config.pem.TlsFiles;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks TLS, protocols and redirects of listeners, the files that they name included.
final class TlsChecks {

    /// A host name in lower case.
    static final String HOST = "[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*";
    private static final String NAME = "(\\*\\.)?" + HOST;

    private final CheckContext context;
    private final KeyPairChecks pairs;

    /// Who has a name on a listener.
    private record Owner(int index, String keyType, @Nullable ClientAuthConfig auth) {
    }

    TlsChecks(CheckContext context) {
        this.context = context;
        this.pairs = new KeyPairChecks(context);
    }

    void run() {
        context.config().listeners().forEach(this::listener);
    }

    private void listener(String name, ListenerConfig listener) {
        protocols(name, listener);
        redirect(name, listener);
        TlsConfig tls = listener.tls();
        if (tls == null) {
            return;
        }
        new AcmeChecks(context).run(name, tls, certificates(name, tls).keySet());
        if (tls.clientAuth() != null) {
            clientAuth(tls.clientAuth(), "listeners", name, "tls", "clientAuth");
        }
        FilePath tickets = tls.tickets() == null ? null : tls.tickets().keys();
        if (tickets != null) {
            context.read(() -> TlsFiles.readTicketKeys(tickets.path()), tickets, "listeners", name, "tls", "tickets",
                    "keys");
        }
        if (tls.forwardClientCertificate() && !tls.asksClients()) {
            context.error("has no effect where clients are not asked for a certificate: needs 'clientAuth'",
                    "listeners", name, "tls", "forwardClientCertificate");
        }
    }

    private void protocols(String name, ListenerConfig listener) {
        Set<ProtocolConfig> protocols = listener.protocols();
        if (protocols == null) {
            return;
        }
        if (protocols.isEmpty()) {
            context.error("must not be empty", "listeners", name, "protocols");
        }
        if (listener.tls() == null && protocols.contains(ProtocolConfig.H2)) {
            context.error("h2 is HTTP/2 over TLS: add 'tls', or write h2c for HTTP/2 without", "listeners", name,
                    "protocols");
        }
        if (listener.tls() != null && protocols.contains(ProtocolConfig.H2C)) {
            context.error("h2c is HTTP/2 without TLS: write h2", "listeners", name, "protocols");
        }
        if (protocols.contains(ProtocolConfig.H3)) {
            http3(name, listener, protocols);
        }
    }

    private void http3(String name, ListenerConfig listener, Set<ProtocolConfig> protocols) {
        if (listener.address().isUnix()) {
            context.error("h3 needs a UDP port, which a Unix socket has not: take it out, or write another 'address'",
                    "listeners", name, "protocols");
        } else if (listener.tls() == null) {
            context.error("h3 is encrypted always: add 'tls', or take it out", "listeners", name, "protocols");
        }
        if (listener.proxyProtocol()) {
            context.error("no header of the PROXY protocol comes by UDP, which h3 is spoken over: take it out, or"
                    + " 'proxyProtocol'", "listeners", name, "protocols");
        }
        if (protocols.size() == 1) {
            context.error("clients come to h3 by way of a protocol over TCP: add http/1.1 or h2", "listeners", name,
                    "protocols");
        }
    }

    private void redirect(String name, ListenerConfig listener) {
        HttpsRedirectConfig redirect = listener.redirectToHttps();
        if (redirect == null || !redirect.enabled()) {
            return;
        }
        if (listener.tls() != null) {
            context.error("would go round in circles: this listener has 'tls' itself", "listeners", name,
                    "redirectToHttps");
        }
        boolean secure = context.config().listeners().values().stream()
                .anyMatch(other -> other.tls() != null && !other.isRelay() && !other.address().isUnix());
        if (!secure && redirect.port() == null) {
            context.error("there is no listener with 'tls' to send clients to: write '{ port: 443 }' where TLS ends"
                    + " elsewhere", "listeners", name, "redirectToHttps");
        }
        context.config().routes().forEach((route, config) -> {
            if (config.listeners().equals(List.of(name))) {
                context.warning("nothing but redirects is served on listener '" + name + "'", "routes", route,
                        "listeners");
            }
        });
    }

    // Certificates.

    /// @return who has each name
    private Map<String, Owner> certificates(String listener, TlsConfig tls) {
        Map<String, Owner> owners = new HashMap<>();
        if (tls.certificates().isEmpty() && tls.acme() == null && context.whole("listeners." + listener + ".tls")) {
            context.error("needs 'certificates', or 'acme' to get them", "listeners", listener, "tls");
        }
        for (int i = 0; i < tls.certificates().size(); i++) {
            CertificateConfig certificate = tls.certificates().get(i);
            Object[] at = {"listeners", listener, "tls", "certificates", i};
            FilePath ocsp = certificate.ocsp();
            if (ocsp != null) {
                context.read(() -> TlsFiles.readOcsp(ocsp.path()), ocsp, below(at, "ocsp"));
            }
            if (certificate.clientAuth() != null) {
                clientAuth(certificate.clientAuth(), below(at, "clientAuth"));
            }
            for (int n = 0; n < certificate.names().size(); n++) {
                if (!certificate.names().get(n).matches(NAME)) {
                    context.error("must be a host name in lower case, such as api.example.com or *.example.com (was '"
                            + certificate.names().get(n) + "')", below(at, "names", n));
                }
            }
            X509Certificate own = pairs.check(certificate.cert(), certificate.key(), at);
            if (own != null) {
                names(own, certificate, i, tls.clientAuth(certificate), owners, at);
            }
        }
        return owners;
    }

    private void names(X509Certificate own, CertificateConfig certificate, int index,
            @Nullable ClientAuthConfig auth, Map<String, Owner> owners, Object[] at) {
        List<String> covered = Certificates.names(own);
        List<String> names = certificate.names().isEmpty() ? covered : certificate.names();
        if (names.isEmpty()) {
            context.error("the certificate in " + certificate.cert()
                    + " is for no name (it has no subject alternative name): write 'names'", below(at, "cert"));
        }
        for (String name : names) {
            if (!covers(covered, name)) {
                context.warning("clients will refuse the certificate for '" + name + "': it is for "
                        + (covered.isEmpty() ? "no name" : String.join(", ", covered)), below(at, "names"));
            }
            String type = own.getPublicKey().getAlgorithm();
            Owner before = owners.putIfAbsent(name + ' ' + type, new Owner(index, type, auth));
            if (before != null) {
                context.error("'" + name + "' has a certificate with a key of this kind already, certificates["
                        + before.index() + "]", at);
                return;
            }
            Owner other = owners.putIfAbsent(name, new Owner(index, type, auth));
            if (other != null && !Objects.equals(other.auth(), auth)) {
                context.error("'" + name + "' has another 'clientAuth' at certificates[" + other.index() + "]", at);
                return;
            }
        }
    }

    private static boolean covers(List<String> covered, String name) {
        int dot = name.indexOf('.');
        return covered.contains(name) || (dot > 0 && covered.contains("*" + name.substring(dot)));
    }

    // Clients.

    private void clientAuth(ClientAuthConfig auth, Object... at) {
        if (auth.ca() == null && auth.asks()) {
            context.error("is required, unless 'mode' is off", below(at, "ca"));
        }
        new AuthorityChecks(context).check(auth.ca(), auth.crl(), "clients", at);
    }
}
