package io.tidegate.engine.tls;

import io.tidegate.api.FilePath;
import io.tidegate.config.AcmeConfig;
import io.tidegate.config.CertificateConfig;
import io.tidegate.config.ClientAuthConfig;
import io.tidegate.config.TlsConfig;
import io.tidegate.config.pem.Certificates;
import io.tidegate.config.pem.PrivateKeys;
import io.tidegate.config.pem.TlsFiles;
import io.tidegate.config.pem.UnusableFileException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was read from the files of one certificate.
///
/// @param chain
///            the server's own certificate, then the intermediate ones
/// @param key
///            the private key
/// @param ocsp
///            what is stapled; empty for nothing
/// @param mode
///            whether clients are asked for a certificate
/// @param authorities
///            whom clients' certificates must come from
/// @param withdrawn
///            lists of withdrawn certificates; empty where none were declared
/// @param names
///            for which the certificate is shown
/// @param tickets
///            keys of session tickets from a file; empty for those of the process
@SuppressWarnings("ArrayRecordComponent") // never compared
record TlsMaterial(List<X509Certificate> chain, PrivateKey key, byte[] ocsp, ClientAuthConfig.Mode mode,
        List<X509Certificate> authorities, List<X509CRL> withdrawn, List<String> names, List<byte[]> tickets) {

    private static final Logger LOG = LoggerFactory.getLogger(TlsMaterial.class);

    /// A file of a certificate can't be used.
    static final class UnusableException extends Exception {

        private static final long serialVersionUID = 1L;

        private final String place;

        UnusableException(String place, String message, Throwable cause) {
            super(message, cause);
            this.place = place;
        }

        /// The key in the configuration, below the certificate: `key`.
        String place() {
            return place;
        }
    }

    @FunctionalInterface
    interface Reading<T> {
        T read() throws UnusableFileException;
    }

    static TlsMaterial read(TlsConfig tls, CertificateConfig declared) throws UnusableException {
        List<X509Certificate> chain = read("cert", declared.cert(), () -> Certificates.read(declared.cert().path()));
        PrivateKey key = read("key", declared.key(), () -> PrivateKeys.read(declared.key().path()));
        // Between a check and this, a file may have been replaced and its pair not yet.
        if (!PrivateKeys.match(key, chain.getFirst().getPublicKey())) {
            throw new UnusableException("key", "the key in " + declared.key()
                    + " does not belong to the first certificate in " + declared.cert(), new IllegalStateException());
        }
        FilePath response = declared.ocsp();
        byte[] ocsp = response == null
                ? new byte[0]
                : read("ocsp", response, () -> TlsFiles.readOcsp(response.path()));
        ClientAuthConfig auth = tls.clientAuth(declared);
        FilePath ca = auth == null ? null : auth.ca();
        FilePath crl = auth == null ? null : auth.crl();
        TlsConfig.TicketsConfig tickets = tls.tickets();
        return new TlsMaterial(chain, key, ocsp, auth == null ? ClientAuthConfig.Mode.OFF : auth.mode(),
                ca == null ? List.of() : read("clientAuth.ca", ca, () -> Certificates.read(ca.path())),
                crl == null ? List.of() : read("clientAuth.crl", crl, () -> Certificates.readLists(crl.path())),
                declared.names().isEmpty() ? Certificates.names(chain.getFirst()) : declared.names(),
                tickets == null
                        ? List.of()
                        : read("tickets", tickets.keys(), () -> TlsFiles.readTicketKeys(tickets.keys().path())));
    }

    /// The certificate of a name that the gateway got by itself; null where there is none yet that can be used.
    static @Nullable TlsMaterial readStored(TlsConfig tls, AcmeConfig acme, String name) throws UnusableException {
        CertificateConfig stored = acme.certificate(name);
        if (!stored.cert().path().toFile().exists()) {
            return null;
        }
        try {
            return read(tls, stored);
        } catch (UnusableException e) {
            if (!List.of("cert", "key").contains(e.place())) {
                throw e;
            }
            // Nobody wrote it by hand, so a configuration is not refused for it: another one will come.
            LOG.atWarn().addKeyValue("name", name).log("a certificate in the store is left aside: {}", e.getMessage());
            return null;
        }
    }

    static <T> T read(String place, @Nullable FilePath file, Reading<T> reading) throws UnusableException {
        try {
            return reading.read();
        } catch (UnusableFileException e) {
            throw new UnusableException(place, "can't use the file " + file + ": " + e.getMessage(), e);
        }
    }

    /// Stands for what clients have to show: the same for the same authorities, lists and mode.
    String policy() {
        if (mode == ClientAuthConfig.Mode.OFF) {
            return "";
        }
        MessageDigest digest = sha256();
        digest.update((byte) mode.ordinal());
        addClientAuth(digest);
        return HexFormat.of().formatHex(digest.digest());
    }

    /// Stands for all of it, and for what else a context is made of.
    String digest(String rest) {
        MessageDigest digest = sha256();
        try {
            for (X509Certificate certificate : chain) {
                add(digest, certificate.getEncoded());
            }
            add(digest, key.getEncoded());
            add(digest, ocsp);
            digest.update((byte) mode.ordinal());
            addClientAuth(digest);
            add(digest, String.join(" ", names).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            tickets.forEach(ticket -> add(digest, ticket));
            add(digest, rest.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("what was decoded can be encoded", e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private void addClientAuth(MessageDigest digest) {
        try {
            for (X509Certificate authority : authorities) {
                add(digest, authority.getEncoded());
            }
            for (X509CRL list : withdrawn) {
                add(digest, list.getEncoded());
            }
        } catch (CRLException | java.security.cert.CertificateEncodingException e) {
            throw new IllegalStateException("what was decoded can be encoded", e);
        }
    }

    static void add(MessageDigest digest, byte[] bytes) {
        digest.update((byte) (bytes.length >>> 16));
        digest.update((byte) (bytes.length >>> 8));
        digest.update((byte) bytes.length);
        digest.update(bytes);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
