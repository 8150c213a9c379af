package io.tidegate.config;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Makes the certificates that the configurations of the tests name, once in a run.
public final class CertificatesExtension implements BeforeAllCallback, AutoCloseable {

    private static final Path FOLDER = Path.of("src/test/resources/valid/certs");
    private static final Instant PAST = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant FUTURE = Instant.parse("2099-01-01T00:00:00Z");

    private final X509Bundle root;

    /// Makes the authority; nothing is written yet.
    public CertificatesExtension() throws Exception {
        root = new CertificateBuilder().subject("CN=Clients").setIsCertificateAuthority(true).ecp256()
                .setKeyUsage(true, KeyUsage.keyCertSign, KeyUsage.cRLSign).buildSelfSigned();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).computeIfAbsent("certificates", key -> {
            try {
                write();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return this;
        });
    }

    private void write() throws Exception {
        Files.createDirectories(FOLDER);
        X509Bundle api = issue(FUTURE, true, "api.example.com", "*.example.com");
        put("api", api);
        pem("api.pkcs1.key", "RSA PRIVATE KEY", PrivateKeyInfo.getInstance(api.getKeyPair().getPrivate().getEncoded())
                .parsePrivateKey().toASN1Primitive().getEncoded());
        X509Bundle ec = issue(FUTURE, false, "ec.example.com");
        put("ec", ec);
        pem("ec.sec1.key", "EC PRIVATE KEY", sec1(ec.getKeyPair().getPrivate()));
        put("expired", issue(PAST, false, "old.example.com"));
        put("nameless", issue(FUTURE, false));
        KeyPairGenerator weak = KeyPairGenerator.getInstance("RSA");
        weak.initialize(1024);
        put("weak", issue(FUTURE, weak.generateKeyPair(), "weak.example.com"));
        pem("encrypted.key", "ENCRYPTED PRIVATE KEY", new byte[]{1, 2, 3});
        Files.writeString(FOLDER.resolve("empty.pem"), "");
        Files.writeString(FOLDER.resolve("broken.crt"), "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n");
        Files.writeString(FOLDER.resolve("open.crt"), "-----BEGIN CERTIFICATE-----\nAAAA\n");
        Files.write(FOLDER.resolve("api.ocsp"), new byte[]{0x30, 3, 0x0a, 1, 0});
        Files.write(FOLDER.resolve("failed.ocsp"), new byte[]{0x30, 3, 0x0a, 1, 6});
        Files.writeString(FOLDER.resolve("ca.pem"), root.getRootCertificatePEM());
        X509Bundle other = new CertificateBuilder().subject("CN=Others").setIsCertificateAuthority(true).ecp256()
                .setKeyUsage(true, KeyUsage.keyCertSign, KeyUsage.cRLSign).buildSelfSigned();
        Files.writeString(FOLDER.resolve("both.pem"), root.getRootCertificatePEM() + other.getRootCertificatePEM());
        crl("ca.crl", root, FUTURE);
        crl("old.crl", root, PAST);
        crl("others.crl", other, FUTURE);
        Files.writeString(FOLDER.resolve("tickets.key"), "# two keys\n" + ticket(48) + "\n" + ticket(48) + "\n");
        Files.writeString(FOLDER.resolve("short.key"), ticket(47) + "\n");
        Files.writeString(FOLDER.resolve("text.key"), "no base 64\n");
    }

    private X509Bundle issue(Instant until, boolean rsa, String... names) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(rsa ? "RSA" : "EC");
        generator.initialize(rsa ? 2048 : 256);
        return issue(until, generator.generateKeyPair(), names);
    }

    @SuppressWarnings("JavaUtilDate") // the builder takes nothing else
    private X509Bundle issue(Instant until, KeyPair pair, String... names) throws Exception {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(root.getCertificate(), BigInteger.TEN,
                Date.from(Instant.parse("2025-01-01T00:00:00Z")), Date.from(until),
                new X500Principal("CN=" + (names.length == 0 ? "nobody" : names[0])), pair.getPublic());
        if (names.length > 0) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(Arrays.stream(names)
                    .map(name -> new GeneralName(GeneralName.dNSName, name)).toArray(GeneralName[]::new)));
        }
        X509Certificate certificate = new JcaX509CertificateConverter().getCertificate(builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(root.getKeyPair().getPrivate())));
        return X509Bundle.fromCertificatePath(new X509Certificate[]{certificate}, root.getCertificate(), pair);
    }

    private static byte[] sec1(PrivateKey key) throws Exception {
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
        return new org.bouncycastle.asn1.sec.ECPrivateKey(256,
                new BigInteger(1, org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(info.parsePrivateKey()).getKey()
                        .toByteArray()),
                info.getPrivateKeyAlgorithm().getParameters()).getEncoded();
    }

    private static void put(String name, X509Bundle bundle) throws Exception {
        Files.writeString(FOLDER.resolve(name + ".crt"), bundle.getCertificatePathPEM());
        Files.writeString(FOLDER.resolve(name + ".key"), bundle.getPrivateKeyPEM());
    }

    private static void pem(String name, String label, byte[] content) throws Exception {
        Files.writeString(FOLDER.resolve(name), "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + label + "-----\n");
    }

    private static String ticket(int bytes) {
        return Base64.getEncoder().encodeToString(new byte[bytes]);
    }

    @SuppressWarnings("JavaUtilDate") // the builder takes nothing else
    private static void crl(String name, X509Bundle issuer, Instant until) throws Exception {
        X509v2CRLBuilder builder = new X509v2CRLBuilder(
                X500Name.getInstance(issuer.getCertificate().getSubjectX500Principal().getEncoded()),
                Date.from(Instant.parse("2025-01-01T00:00:00Z")));
        builder.setNextUpdate(Date.from(until));
        Files.write(FOLDER.resolve(name), builder.build(new JcaContentSignerBuilder("SHA256withECDSA")
                .build(issuer.getKeyPair().getPrivate())).getEncoded());
    }

    @Override
    public void close() {
        // Left for whoever looks at what a failed test read.
    }
}
