package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FilePath;
import org.jspecify.annotations.Nullable;

/// TLS towards a service.
@Doc("TLS towards a service whose endpoints begin with `https://`. All files are read anew when they change.")
public record ServiceTlsConfig(
        @Doc("The authorities that the service's certificate must come from, in PEM. Left out: those that the Java runtime trusts.") @Nullable FilePath ca,

        @Doc("Lists of certificates that are withdrawn, in PEM or DER; needs `ca`. Each authority needs one that is not out of date, or its services are refused.") @Nullable FilePath crl,

        @Doc("The certificate chain in PEM that the gateway shows where the service asks for one (mutual TLS). Needs `key`.") @Nullable FilePath cert,

        @Doc("Its private key in PEM, not encrypted: PKCS#8, PKCS#1 or SEC1.") @Nullable FilePath key,

        @Doc("The host name that the service is asked for (SNI), and that its certificate must be for. Left out: the endpoint's own.") @Nullable String sni,

        @Doc("What of the service's certificate is checked.") @Default("full") Verify verify,

        @Doc("The oldest version that is spoken.") @Default("1.2") TlsConfig.Version minVersion) {

    /// What is so where a service has endpoints with `https://` and no `tls`.
    public static final ServiceTlsConfig DEFAULT = new ServiceTlsConfig(null, null, null, null, null,
            Verify.FULL, TlsConfig.Version.TLS_1_2);

    /// What of a service's certificate is checked.
    public enum Verify {
        @Doc("That it comes from a trusted authority, is valid today, and is for the name or address that was asked for.")
        FULL, @Doc("That it comes from a trusted authority and is valid today, whatever it is for.")
        CA, @Doc("Nothing: whoever stands in between can pose as the service. For tests.")
        NONE
    }
}
