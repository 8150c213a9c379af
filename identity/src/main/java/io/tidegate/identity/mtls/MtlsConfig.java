package io.tidegate.identity.mtls;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Identity;
import io.tidegate.api.Named;
import io.tidegate.api.Range;
import io.tidegate.identity.UnknownConsumer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Configuration of `mtls`.
@Doc("Finds out who calls by the certificate that they showed in the handshake: `consumers.*.identities.certificate`. The listener checks the certificate, by its `tls.clientAuth`.")
public record MtlsConfig(
        @Doc("What of the certificate consumers are looked up by, in this order; the first that leads to one counts.") @Default("[sha256, uri, dns, subject]") @Range(min = 1) List<By> by,

        @Doc("What becomes of a good certificate of nobody who is declared.") @Default("refuse") UnknownConsumer unknownConsumer,

        @Doc("Trust domains of SPIFFE, one of which the certificate has to belong to: `example.org`. None: any certificate will do.") @Default("[]") Set<String> spiffeTrustDomains,

        @Doc("Names, one of which the certificate has to have: a URI, a host name, or the subject; a `*` at the end stands for anything. None: any name will do.") @Default("[]") List<String> allowed,

        @Doc("Whether the certificate of one of the listener's `trustedProxies` counts. It is the proxy who calls then, whoever its client is. Otherwise a request through a proxy has no certificate.") @Default("false") boolean acceptProxies,

        @Doc("Field in which the service is told the subject that was found. What clients send in it is removed.") @Nullable String subjectHeader,

        @Doc("Whether a request without a certificate passes, as nobody.") @Default("false") boolean optional) {

    /// Refuses names that are none.
    public MtlsConfig {
        for (String domain : spiffeTrustDomains) {
            if (!domain.matches("[a-z0-9._-]{1,255}")) {
                throw new ConfigException("spiffeTrustDomains",
                        "must hold trust domains such as example.org (was '" + domain + "')");
            }
        }
        for (String name : allowed) {
            int star = name.indexOf('*');
            if (name.length() < 2 || (star >= 0 && star != name.length() - 1)) {
                throw new ConfigException("allowed",
                        "must hold names, with a '*' at the end alone (was '" + name + "')");
            }
        }
        if (subjectHeader != null && !FieldSyntax.isName(subjectHeader)) {
            throw new ConfigException("subjectHeader", "must be the name of a field (was '" + subjectHeader + "')");
        }
        if (Set.copyOf(by).size() != by.size()) {
            throw new ConfigException("by", "must hold each one once");
        }
    }

    /// What of a certificate a consumer is looked up by.
    public enum By {
        @Doc("The certificate itself: its SHA-256.")
        @Named("sha256")
        SHA256(Identity.Kind.CERTIFICATE_SHA256), @Doc("A URI among its alternative names: a SPIFFE ID. One of SPIFFE counts only where it is the only URI.")
        URI(Identity.Kind.CERTIFICATE_URI), @Doc("A host name among its alternative names.")
        DNS(Identity.Kind.CERTIFICATE_DNS), @Doc("Its subject, as RFC 2253 writes it.")
        SUBJECT(Identity.Kind.CERTIFICATE_SUBJECT);

        private final Identity.Kind kind;

        By(Identity.Kind kind) {
            this.kind = kind;
        }

        Identity.Kind kind() {
            return kind;
        }
    }
}
