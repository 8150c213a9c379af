package io.tidegate.identity;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/// Signs whatever it is given: tokens as they should be, and as they should not.
public final class TestIssuer {

    /// Its name.
    public static final String NAME = "https://id.example.com";

    private final String kid;
    private final String algorithm;
    private final KeyPair pair;

    private TestIssuer(String kid, String algorithm, KeyPair pair) {
        this.kid = kid;
        this.algorithm = algorithm;
        this.pair = pair;
    }

    /// One with a new key for `RS256`, `PS256`, `ES256` or `EdDSA`.
    public static TestIssuer of(String kid, String algorithm) {
        return of(kid, algorithm, 2048);
    }

    /// One with a new RSA key of this size, or another key.
    public static TestIssuer of(String kid, String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(switch (algorithm) {
                case "RS256", "PS256" -> "RSA";
                case "ES256" -> "EC";
                default -> "Ed25519";
            });
            if (algorithm.equals("ES256")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else if (!algorithm.equals("EdDSA")) {
                generator.initialize(bits);
            }
            return new TestIssuer(kid, algorithm, generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The pair.
    public KeyPair pair() {
        return pair;
    }

    /// The public key as a JWK.
    public String jwk() {
        return "{\"kid\":\"" + kid + "\",\"use\":\"sig\",\"alg\":\"" + algorithm + "\"," + material() + "}";
    }

    /// The members that make the public key, in the order of RFC 7638.
    public String material() {
        return switch (pair.getPublic()) {
            case RSAPublicKey rsa -> "\"e\":\"" + text(rsa.getPublicExponent(), 3) + "\",\"kty\":\"RSA\",\"n\":\""
                    + text(rsa.getModulus(), (rsa.getModulus().bitLength() + 7) / 8) + "\"";
            case ECPublicKey ec -> "\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" + text(ec.getW().getAffineX(), 32)
                    + "\",\"y\":\"" + text(ec.getW().getAffineY(), 32) + "\"";
            case EdECPublicKey ed -> {
                byte[] encoded = ed.getEncoded();
                yield "\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\""
                        + encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)) + "\"";
            }
            default -> throw new IllegalStateException("no such key");
        };
    }

    /// A JWKS with the keys of these.
    public static String jwks(TestIssuer... issuers) {
        StringBuilder keys = new StringBuilder("{\"keys\":[");
        for (TestIssuer issuer : issuers) {
            keys.append(keys.charAt(keys.length() - 1) == '[' ? "" : ",").append(issuer.jwk());
        }
        return keys + "]}";
    }

    private static String text(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[length];
        int count = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - count, fixed, length - count, count);
        return encode(fixed);
    }

    /// Base64url.
    public static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// Base64url of a text.
    public static String encode(String text) {
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The usual header.
    public String header() {
        return "{\"alg\":\"" + algorithm + "\",\"kid\":\"" + kid + "\",\"typ\":\"JWT\"}";
    }

    /// A token with the usual header.
    public String token(String payload) {
        return sign(header(), payload);
    }

    /// A token with this header and payload.
    public String sign(String header, String payload) {
        return signParts(encode(header), encode(payload));
    }

    /// A token of these parts, which are what they are.
    public String signParts(String header, String payload) {
        String signed = header + "." + payload;
        return signed + "." + encode(signature(signed.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private byte[] signature(byte[] signed) {
        try {
            Signature signature = Signature.getInstance(switch (algorithm) {
                case "RS256" -> "SHA256withRSA";
                case "PS256" -> "RSASSA-PSS";
                case "ES256" -> "SHA256withECDSAinP1363Format";
                default -> "Ed25519";
            });
            if (algorithm.equals("PS256")) {
                signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            }
            signature.initSign(pair.getPrivate());
            signature.update(signed);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
