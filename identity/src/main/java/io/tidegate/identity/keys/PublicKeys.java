package io.tidegate.identity.keys;

import com.nimbusds.jose.jwk.Curve;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What public keys are, and which of them are not safe.
final class PublicKeys {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");
    private static final int MIN_RSA_BITS = 2048;
    private static final int MAX_RSA_BITS = 8192;
    private static final int MAX_RSA_EXPONENT_BITS = 33;
    private static final Pattern BLOCK = Pattern
            .compile("-----BEGIN (PUBLIC KEY|CERTIFICATE)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final List<String> FACTORIES = List.of("RSA", "EC", "Ed25519");

    /// DER of an Ed25519 key without the key (RFC 8410).
    private static final byte[] ED25519_PREFIX = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21,
        0x00};

    /// The primes by which the fingerprint of CVE-2017-15361 is taken.
    private static final int[] ROCA_PRIMES = {3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71,
        73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
    private static final int ROCA_GENERATOR = 65_537;

    private PublicKeys() {
    }

    /// `RSA`, the name of a curve, or nothing that fits any algorithm.
    static String kind(PublicKey key) {
        return switch (key) {
            case RSAPublicKey _ -> "RSA";
            case EdECPublicKey ed -> ed.getParams().getName();
            case ECPublicKey ec -> {
                Curve curve = Curve.forECParameterSpec(ec.getParams());
                yield curve == null ? "" : curve.getName();
            }
            default -> "";
        };
    }

    /// The key itself, where it is safe.
    static RSAPublicKey safe(RSAPublicKey key) throws InvalidKeyException {
        int bits = key.getModulus().bitLength();
        if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
            throw new InvalidKeyException(
                    "an RSA key must have " + MIN_RSA_BITS + " to " + MAX_RSA_BITS + " bits (has " + bits + ")");
        }
        BigInteger exponent = key.getPublicExponent();
        if (!exponent.testBit(0) || exponent.compareTo(BigInteger.TWO) < 0
                || exponent.bitLength() > MAX_RSA_EXPONENT_BITS || !key.getModulus().testBit(0)) {
            throw new InvalidKeyException("an RSA key must have an odd exponent from 3 on, of at most "
                    + MAX_RSA_EXPONENT_BITS + " bits");
        }
        if (isRoca(key.getModulus())) {
            throw new InvalidKeyException("the RSA key was made by a chip whose keys can be computed (CVE-2017-15361)");
        }
        return key;
    }

    /// Whether the modulus is a power of 65537 modulo each of the primes, as only those of the flawed library are.
    private static boolean isRoca(BigInteger modulus) {
        for (int prime : ROCA_PRIMES) {
            int rest = modulus.mod(BigInteger.valueOf(prime)).intValue();
            int power = 1;
            boolean found = false;
            for (int i = 0; i < prime && !found; i++) {
                found = power == rest;
                power = power * (ROCA_GENERATOR % prime) % prime;
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }

    /// The Ed25519 key of these 32 bytes.
    static PublicKey ed25519(byte[] point) throws InvalidKeyException {
        if (point.length != 32) {
            throw new InvalidKeyException("an Ed25519 key must have 32 bytes (has " + point.length + ")");
        }
        byte[] encoded = new byte[ED25519_PREFIX.length + point.length];
        System.arraycopy(ED25519_PREFIX, 0, encoded, 0, ED25519_PREFIX.length);
        System.arraycopy(point, 0, encoded, ED25519_PREFIX.length, point.length);
        return decoded(encoded);
    }

    /// The keys of a text in PEM: public keys, and those of certificates.
    ///
    /// @throws InvalidKeyException
    ///             where one of them can't be read
    static List<PublicKey> pem(String text) throws InvalidKeyException {
        List<PublicKey> keys = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            byte[] der;
            try {
                der = Base64.getMimeDecoder().decode(blocks.group(2));
            } catch (IllegalArgumentException e) {
                throw new InvalidKeyException("a block of PEM is no base64", e);
            }
            keys.add(blocks.group(1).equals("CERTIFICATE") ? certified(der) : decoded(der));
        }
        return keys;
    }

    private static PublicKey certified(byte[] der) throws InvalidKeyException {
        try {
            return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der))
                    .getPublicKey();
        } catch (GeneralSecurityException e) {
            throw new InvalidKeyException("a block of PEM is no certificate", e);
        }
    }

    private static PublicKey decoded(byte[] der) throws InvalidKeyException {
        for (String factory : FACTORIES) {
            try {
                return KeyFactory.getInstance(factory).generatePublic(new X509EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                LOG.trace("a key is none of {}", factory, e);
            } catch (GeneralSecurityException e) {
                throw new InvalidKeyException("this Java has no " + factory, e);
            }
        }
        throw new InvalidKeyException("it is no public key of RSA, of an elliptic curve or of Ed25519");
    }
}
