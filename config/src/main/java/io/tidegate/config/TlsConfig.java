package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FilePath;
import io.tidegate.api.Named;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// TLS on a listener.
@Doc("TLS on a listener. All files are read anew when they change.")
public record TlsConfig(
        @Doc("Certificates; which one is shown depends on the name that the client asks for. One with an RSA key and one with an ECDSA key may have the same names.") @Default("[]") List<CertificateConfig> certificates,

        @Doc("Certificates that the gateway gets and renews by itself, beside those in `certificates`.") @Nullable AcmeConfig acme,

        @Doc("The oldest version that is spoken.") @Default("1.2") Version minVersion,

        @Doc("What becomes of clients that ask for a name that no certificate is for, or for none.") @Default("refuse") UnknownName unknownName,

        @Doc("Certificates of clients. Left out: they are not asked for.") @Nullable ClientAuthConfig clientAuth,

        @Doc("Keys of session tickets. Left out: made at random, and replaced every twelve hours.") @Nullable TicketsConfig tickets,

        @Doc("Tells services of the client's certificate in `X-Forwarded-Client-Cert`. What clients send under that name is always removed.") @Default("false") boolean forwardClientCertificate) {

    /// A version of TLS.
    public enum Version {
        @Doc("TLS 1.2 and 1.3.")
        @Named("1.2")
        TLS_1_2, @Doc("TLS 1.3 alone.")
        @Named("1.3")
        TLS_1_3;

        /// It and every later one, as `javax.net.ssl` names them, latest first.
        public List<String> spoken() {
            return this == TLS_1_3 ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2");
        }
    }

    /// What becomes of clients that ask for an unknown name.
    public enum UnknownName {
        @Doc("They are refused with `unrecognized_name`. Who connects to an address that stands in a certificate needs no name.")
        REFUSE, @Doc("They get the first certificate.")
        @Named("default")
        DEFAULT
    }

    /// Keys of session tickets.
    @Doc("Keys of session tickets, shared by several gateways.")
    public record TicketsConfig(
            @Doc("A file with a key of 48 bytes in Base64 on each line (`openssl rand -base64 48`). The first encrypts, all of them decrypt.") FilePath keys) {
    }

    /// What clients of this certificate's names must show; null where they are not asked.
    public @Nullable ClientAuthConfig clientAuth(CertificateConfig certificate) {
        ClientAuthConfig own = certificate.clientAuth() == null ? clientAuth : certificate.clientAuth();
        return own != null && own.asks() ? own : null;
    }

    /// Whether clients of any name are asked for a certificate.
    boolean asksClients() {
        return certificates.stream().anyMatch(certificate -> clientAuth(certificate) != null)
                || (acme != null && clientAuth != null && clientAuth.asks());
    }
}
