package io.tidegate.engine.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;

/// Whose certificates are accepted: those of authorities of one's own (RFC 5280, section 6), as long as these have not
/// withdrawn them.
final class Trust {

    private Trust() {
    }

    /// Trusts certificates of these authorities.
    ///
    /// @param withdrawn
    ///            the authorities' lists of certificates that are withdrawn; empty where none is looked for
    static TrustManagerFactory of(List<X509Certificate> authorities, List<X509CRL> withdrawn)
            throws GeneralSecurityException {
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(
                authorities.stream().map(authority -> new TrustAnchor(authority, null)).collect(Collectors.toSet()),
                new X509CertSelector());
        parameters.setRevocationEnabled(false);
        if (!withdrawn.isEmpty()) {
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(withdrawn)));
            PKIXRevocationChecker checker = (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX")
                    .getRevocationChecker();
            // Nobody is asked over the network: what the lists don't say is not known, and is refused.
            checker.setOptions(EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS,
                    PKIXRevocationChecker.Option.NO_FALLBACK));
            parameters.addCertPathChecker(checker);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(new CertPathTrustManagerParameters(parameters));
        return trust;
    }
}
