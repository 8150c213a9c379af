package io.tidegate.identity.internaltoken;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import io.tidegate.identity.JsonWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// A key that tokens are signed with. Known by its thumbprint (RFC 7638).
final class SigningKey {

    private final TokenAlgorithm algorithm;
    private final PrivateKey privateKey;
    private final String publicJson;
    private final String header;

    /// When the last token ends that was signed with it, in seconds; 0 where none was.
    private final AtomicLong lastEnd = new AtomicLong();

    private SigningKey(TokenAlgorithm algorithm, PrivateKey privateKey, JWK published) {
        this.algorithm = algorithm;
        this.privateKey = privateKey;
        this.publicJson = published.toJSONString();
        Map<String, String> says = new LinkedHashMap<>();
        says.put("alg", algorithm.id());
        says.put("typ", "JWT");
        says.put("kid", published.getKeyID());
        this.header = Base64URL.encode(JsonWriter.write(says)).toString();
    }

    /// A new one.
    static SigningKey generate(TokenAlgorithm algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator
                    .getInstance(algorithm == TokenAlgorithm.ES256 ? "EC" : "Ed25519");
            if (algorithm == TokenAlgorithm.ES256) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            return of(algorithm, generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// This one.
    ///
    /// @throws GeneralSecurityException
    ///             where its two halves are not of one key, or not of this algorithm
    static SigningKey of(TokenAlgorithm algorithm, KeyPair pair) throws GeneralSecurityException {
        byte[] probe = "probe".getBytes(StandardCharsets.US_ASCII);
        Signature check = Signature.getInstance(algorithm.jca());
        check.initVerify(pair.getPublic());
        check.update(probe);
        if (!check.verify(signed(algorithm, pair.getPrivate(), probe))) {
            throw new GeneralSecurityException("the public key is not that of the private one");
        }
        try {
            return new SigningKey(algorithm, pair.getPrivate(), published(algorithm, pair));
        } catch (JOSEException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static JWK published(TokenAlgorithm algorithm, KeyPair pair) throws JOSEException {
        Algorithm name = Algorithm.parse(algorithm.id());
        return algorithm == TokenAlgorithm.ES256
                ? new ECKey.Builder(Curve.P_256, (ECPublicKey) pair.getPublic()).keyUse(KeyUse.SIGNATURE)
                        .algorithm(name).keyIDFromThumbprint().build()
                : new OctetKeyPair.Builder(Curve.Ed25519, encoded((EdECPublicKey) pair.getPublic()))
                        .keyUse(KeyUse.SIGNATURE).algorithm(name).keyIDFromThumbprint().build();
    }

    /// The 32 bytes of RFC 8032 section 5.1.2: `y` with its lowest byte first, the sign of `x` in the last bit.
    private static Base64URL encoded(EdECPublicKey key) {
        byte[] bytes = new byte[32];
        BigInteger y = key.getPoint().getY();
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = y.shiftRight(8 * i).byteValue();
        }
        if (key.getPoint().isXOdd()) {
            bytes[31] |= (byte) 0x80;
        }
        return Base64URL.encode(bytes);
    }

    private static byte[] signed(TokenAlgorithm algorithm, PrivateKey key, byte[] message)
            throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm.jca());
        signature.initSign(key);
        signature.update(message);
        return signature.sign();
    }

    /// A token in compact form (RFC 7515 section 7.1).
    ///
    /// @param claims
    ///            as JSON in UTF-8
    String sign(byte[] claims) {
        String message = header + "." + Base64URL.encode(claims);
        try {
            return message + "."
                    + Base64URL.encode(signed(algorithm, privateKey, message.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a token can't be signed", e);
        }
    }

    /// What others check tokens by, as JSON (RFC 7517).
    String publicJson() {
        return publicJson;
    }

    /// A token that ends then is going to be signed with it.
    ///
    /// @param end
    ///            in seconds
    void willSignUntil(long end) {
        lastEnd.accumulateAndGet(end, Math::max);
    }

    /// When the last token ends that was signed with it, in seconds; 0 where none was.
    long lastEnd() {
        return lastEnd.get();
    }
}
