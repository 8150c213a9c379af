package io.tidegate.acme;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Certificates as an authority gives them, but signed by their own keys.
final class Issued {

    private static final AtomicLong SERIAL = new AtomicLong();

    private Issued() {
    }

    /// One for a name, whose number, and so the moment of its renewal, is a multiple of a thousand.
    static X509Certificate to(String name, KeyPair key, Instant from, Instant until) {
        return to(name, key, from, until, 1000 * SERIAL.incrementAndGet());
    }

    @SuppressWarnings("JavaUtilDate") // the builder takes nothing else
    static X509Certificate to(String name, KeyPair key, Instant from, Instant until, long serial) {
        try {
            X500Name own = new X500Name("CN=" + name);
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(own, BigInteger.valueOf(serial),
                    Date.from(from), Date.from(until), own, key.getPublic());
            builder.addExtension(Extension.subjectAlternativeName, false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
            return new JcaX509CertificateConverter().getCertificate(
                    builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    static StoredCertificate stored(String name, Instant from, Instant until) {
        KeyPair key = Keys.elliptic();
        return new StoredCertificate(key.getPrivate(), java.util.List.of(to(name, key, from, until)));
    }
}
