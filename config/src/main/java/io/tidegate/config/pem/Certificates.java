package io.tidegate.config.pem;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/// Reads certificates and lists of withdrawn ones.
public final class Certificates {

    private static final int DNS_NAME = 2;
    private static final int URI = 6;
    private static final int IP_ADDRESS = 7;

    private Certificates() {
    }

    /// The certificates of a PEM file, in their order; at least one.
    public static List<X509Certificate> read(Path file) throws UnusableFileException {
        return all(PemFile.blocks(file));
    }

    /// The certificates in what such a file holds.
    public static List<X509Certificate> parse(byte[] content) throws UnusableFileException {
        return all(PemFile.blocks(content));
    }

    private static List<X509Certificate> all(List<PemFile.Block> blocks) throws UnusableFileException {
        List<X509Certificate> certificates = new ArrayList<>();
        CertificateFactory factory = factory();
        for (PemFile.Block block : blocks) {
            if (!block.label().endsWith("CERTIFICATE")) {
                continue;
            }
            try {
                certificates.add((X509Certificate) factory
                        .generateCertificate(new ByteArrayInputStream(block.content())));
            } catch (CertificateException e) {
                throw new UnusableFileException("has a certificate that can't be read: " + e.getMessage(), e);
            }
        }
        if (certificates.isEmpty()) {
            throw new UnusableFileException("has no certificate in PEM ('-----BEGIN CERTIFICATE-----')");
        }
        return certificates;
    }

    /// The lists of withdrawn certificates in a PEM file, or the one in a DER file; at least one.
    public static List<X509CRL> readLists(Path file) throws UnusableFileException {
        byte[] bytes = PemFile.bytes(file);
        List<X509CRL> lists = new ArrayList<>();
        CertificateFactory factory = factory();
        try {
            for (PemFile.Block block : PemFile.blocks(bytes)) {
                if (block.label().endsWith("CRL")) {
                    lists.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(block.content())));
                }
            }
            if (lists.isEmpty() && bytes.length > 0 && bytes[0] == 0x30) {
                lists.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(bytes)));
            }
        } catch (CRLException e) {
            throw new UnusableFileException("has a list that can't be read: " + e.getMessage(), e);
        }
        if (lists.isEmpty()) {
            throw new UnusableFileException("has no list of withdrawn certificates ('-----BEGIN X509 CRL-----')");
        }
        return lists;
    }

    private static CertificateFactory factory() {
        try {
            return CertificateFactory.getInstance("X.509");
        } catch (CertificateException e) {
            throw new IllegalStateException("every Java reads X.509", e);
        }
    }

    /// The host names and IP addresses in a certificate, in lower case: `api.example.com`, `*.example.com`, `10.0.0.1`.
    public static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>(alternative(certificate, DNS_NAME));
        names.replaceAll(name -> name.toLowerCase(Locale.ROOT));
        names.addAll(alternative(certificate, IP_ADDRESS));
        return names;
    }

    /// The DNS names in a certificate, as they stand there.
    public static List<String> dnsNames(X509Certificate certificate) {
        return alternative(certificate, DNS_NAME);
    }

    /// The URIs in a certificate.
    public static List<String> uris(X509Certificate certificate) {
        return alternative(certificate, URI);
    }

    private static List<String> alternative(X509Certificate certificate, int kind) {
        List<String> found = new ArrayList<>();
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names != null) {
                for (List<?> name : names) {
                    if (name.get(0) instanceof Integer type && type == kind && name.get(1) instanceof String text) {
                        found.add(text);
                    }
                }
            }
        } catch (CertificateException e) {
            // Names that can't be read are none.
            return List.of();
        }
        return found;
    }
}
