package io.tidegate.acme;

import io.tidegate.config.ChallengeTarget.Proof;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Certificates by which an authority knows that a name leads here (RFC 8737 section 3).
final class AlpnProof {

    private static final ASN1ObjectIdentifier ACME_IDENTIFIER = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.31");
    private static final X500Name NOBODY = new X500Name("CN=acme-tls-alpn-01");
    private static final Duration LIFE = Duration.ofDays(1);

    private AlpnProof() {
    }

    /// One that only the name and the digest of what is proven stand in, signed by itself.
    static Proof of(String name, String authorization) {
        try {
            KeyPair key = Keys.elliptic();
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(authorization.getBytes(StandardCharsets.US_ASCII));
            Instant now = Instant.now();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(NOBODY,
                    BigInteger.valueOf(now.toEpochMilli()), date(now.minus(LIFE)), date(now.plus(LIFE)), NOBODY,
                    key.getPublic());
            builder.addExtension(Extension.subjectAlternativeName, false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
            builder.addExtension(ACME_IDENTIFIER, true, new DEROctetString(digest));
            return new Proof(new JcaX509CertificateConverter().getCertificate(
                    builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))),
                    key.getPrivate());
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException("every Java makes certificates", e);
        }
    }

    @SuppressWarnings("JavaUtilDate") // the builder takes nothing else
    private static Date date(Instant instant) {
        return Date.from(instant);
    }
}
