package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FilePath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A certificate and its key.
@Doc("A certificate and its key.")
public record CertificateConfig(
        @Doc("The certificate chain in PEM: the server's own certificate first, then the intermediate ones.") FilePath cert,

        @Doc("The private key in PEM, not encrypted: PKCS#8, PKCS#1 or SEC1.") FilePath key,

        @Doc("An OCSP response in DER that is stapled to the certificate. Fetching it is the business of whoever renews the certificate.") @Nullable FilePath ocsp,

        @Doc("Host names for which it is shown: `api.example.com`, or `*.example.com` for one label in place of the star. Left out: the names in the certificate.") @Default("[]") List<String> names,

        @Doc("What clients of these names must show, in place of the listener's `clientAuth`.") @Nullable ClientAuthConfig clientAuth) {
}
