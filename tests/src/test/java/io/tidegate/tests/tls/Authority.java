package io.tidegate.tests.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tidegate.testkit.Http3Client;
import io.tidegate.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPResp;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.jcajce.JcaBasicOCSPRespBuilder;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

/// A certificate authority of one test, with a folder for what it issues.
public final class Authority {

    private final Path folder;
    private final X509Bundle root;
    private long serial = 1000;

    /// One whose files are in this folder.
    public Authority(Path folder, String name) {
        this.folder = folder;
        try {
            root = new CertificateBuilder().subject("CN=" + name).setIsCertificateAuthority(true).ecp256()
                    .setKeyUsage(true, CertificateBuilder.KeyUsage.keyCertSign, CertificateBuilder.KeyUsage.cRLSign)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// A certificate for servers, not written anywhere.
    public X509Bundle server(boolean rsa, String... names) {
        return server(rsa, Instant.now().plusSeconds(90 * 86400), names);
    }

    /// One that ends then, and began ninety days ago.
    public X509Bundle server(boolean rsa, Instant until, String... names) {
        return issue(rsa, until, "CN=" + names[0].replace("*", "any"), KeyPurposeId.id_kp_serverAuth,
                Arrays.stream(names).map(name -> new GeneralName(
                        name.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName, name)).toList());
    }

    /// A certificate for a client, with a SPIFFE ID and a host name.
    public X509Bundle client(String name) {
        return issue(false, Instant.now().plusSeconds(86400), "CN=" + name + ", O=Shop", KeyPurposeId.id_kp_clientAuth,
                List.of(new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://example.org/" + name),
                        new GeneralName(GeneralName.dNSName, name + ".internal")));
    }

    private X509Bundle issue(boolean rsa, Instant until, String subject, KeyPurposeId purpose,
            List<GeneralName> names) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(rsa ? "RSA" : "EC");
            generator.initialize(rsa ? 2048 : 256);
            KeyPair pair = generator.generateKeyPair();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(root.getCertificate(),
                    BigInteger.valueOf(++serial), date(Instant.now().minusSeconds(90 * 86400)), date(until),
                    new X500Principal(subject), pair.getPublic());
            builder.addExtension(Extension.subjectAlternativeName, false,
                    new GeneralNames(names.toArray(GeneralName[]::new)));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            X509Certificate certificate = new JcaX509CertificateConverter().getCertificate(builder.build(
                    new JcaContentSignerBuilder("SHA256withECDSA").build(root.getKeyPair().getPrivate())));
            return X509Bundle.fromCertificatePath(new X509Certificate[]{certificate}, root.getCertificate(), pair);
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Writes certificate and key, and says so as the configuration has it: `cert: …, key: …`.
    public String write(String name, X509Bundle bundle) {
        replace(name + ".crt", bundle.getCertificatePathPEM());
        replace(name + ".key", bundle.getPrivateKeyPEM());
        return "cert: " + folder.resolve(name + ".crt") + ", key: " + folder.resolve(name + ".key");
    }

    /// The authority's own certificate.
    X509Certificate certificate() {
        return root.getCertificate();
    }

    /// Writes the authority's own certificate.
    public Path ca(String name) {
        return replace(name, root.getRootCertificatePEM());
    }

    /// Writes a list of withdrawn certificates.
    public Path crl(String name, X509Bundle... withdrawn) {
        Instant now = Instant.now();
        X509v2CRLBuilder builder = new X509v2CRLBuilder(
                X500Name.getInstance(root.getCertificate().getSubjectX500Principal().getEncoded()), date(now));
        builder.setNextUpdate(date(now.plusSeconds(86400)));
        for (X509Bundle bundle : withdrawn) {
            builder.addCRLEntry(bundle.getCertificate().getSerialNumber(), date(now.minusSeconds(60)), 0);
        }
        try {
            byte[] der = builder.build(new JcaContentSignerBuilder("SHA256withECDSA")
                    .build(root.getKeyPair().getPrivate())).getEncoded();
            Path file = folder.resolve(name);
            Files.write(file, der);
            return file;
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /// An OCSP response that says that a certificate is good.
    byte[] ocsp(X509Bundle bundle) {
        try {
            DigestCalculator sha1 = new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1);
            CertificateID id = new CertificateID(sha1, new JcaX509CertificateHolder(root.getCertificate()),
                    bundle.getCertificate().getSerialNumber());
            BasicOCSPResp response = new JcaBasicOCSPRespBuilder(root.getCertificate().getPublicKey(), sha1)
                    .addResponse(id, CertificateStatus.GOOD)
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(root.getKeyPair().getPrivate()), null,
                            date(Instant.now()));
            return new OCSPRespBuilder().build(OCSPRespBuilder.SUCCESSFUL, response).getEncoded();
        } catch (GeneralSecurityException | IOException | OperatorCreationException | OCSPException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings("JavaUtilDate") // the builder takes nothing else
    private static Date date(Instant instant) {
        return Date.from(instant);
    }

    /// Puts a file in place at once.
    public Path replace(String name, String content) {
        try {
            Path beside = Files.writeString(folder.resolve(name + ".new"), content);
            return Files.move(beside, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What a client trusts, and shows where it is asked. Keeps sessions.
    public SSLContext trust(@Nullable X509Bundle shown) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(shown == null ? null : keys(shown), root.toTrustManagerFactory().getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyManager[] keys(X509Bundle shown) throws GeneralSecurityException {
        return factory(shown).getKeyManagers();
    }

    private static KeyManagerFactory factory(X509Bundle shown) throws GeneralSecurityException {
        KeyStore store = shown.toKeyStore("x".toCharArray());
        KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, "x".toCharArray());
        return factory;
    }

    /// The same for a client of HTTP/3.
    public Http3Client.Identity identity(@Nullable X509Bundle shown) {
        try {
            return new Http3Client.Identity(root.toTrustManagerFactory(), shown == null ? null : factory(shown));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A client that checks the server's name too.
    RawClient connect(SocketAddress address, @Nullable String name) {
        return connect(address, name, null);
    }

    RawClient connect(SocketAddress address, @Nullable String name, @Nullable X509Bundle shown) {
        return connect(address, name, trust(shown), parameters -> {});
    }

    static RawClient connect(SocketAddress address, @Nullable String name, SSLContext context,
            Consumer<SSLParameters> settings) {
        return RawClient.secure(address, context, name, parameters -> {
            if (name != null) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            settings.accept(parameters);
        });
    }
}
