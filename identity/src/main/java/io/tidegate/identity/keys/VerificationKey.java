package io.tidegate.identity.keys;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A key that checks signatures of one algorithm. Safe for many threads.
///
/// What a token says of algorithms chooses nothing here: it is compared with what the key is good for (RFC 8725 section
/// 3.1).
public final class VerificationKey {

    /// Checks one signature.
    private interface Check {
        boolean passes(byte[] signed, byte[] signature) throws GeneralSecurityException, JOSEException;
    }

    private final @Nullable String id;
    private final SignatureAlgorithm algorithm;
    private final byte[] encoded;
    private final Check check;

    private VerificationKey(@Nullable String id, SignatureAlgorithm algorithm, byte[] encoded, Check check) {
        this.id = id;
        this.algorithm = algorithm;
        this.encoded = encoded;
        this.check = check;
    }

    /// A public key.
    ///
    /// @param id
    ///            what tokens call it by; null where they don't
    /// @throws InvalidKeyException
    ///             where it does not go with the algorithm, or is one that is not safe
    public static VerificationKey of(@Nullable String id, SignatureAlgorithm algorithm, PublicKey key)
            throws InvalidKeyException {
        if (!algorithm.fits(PublicKeys.kind(key))) {
            throw new InvalidKeyException("the key is none for " + algorithm.id());
        }
        try {
            return new VerificationKey(id, algorithm, key.getEncoded(), switch (key) {
                case RSAPublicKey rsa -> library(algorithm, new RSASSAVerifier(PublicKeys.safe(rsa)));
                case ECPublicKey ec -> library(algorithm, new ECDSAVerifier(ec));
                case EdECPublicKey ed -> ed25519(ed);
                default -> throw new InvalidKeyException("the key is of no known kind");
            });
        } catch (JOSEException e) {
            throw new InvalidKeyException(e.getMessage(), e);
        }
    }

    /// A public key as a text in PEM, or that of a certificate.
    ///
    /// @throws InvalidKeyException
    ///             where it can't be read, is not one alone, does not go with the algorithm, or is one that is not safe
    public static VerificationKey pem(@Nullable String id, SignatureAlgorithm algorithm, String text)
            throws InvalidKeyException {
        List<PublicKey> keys = PublicKeys.pem(text);
        if (keys.size() != 1) {
            throw new InvalidKeyException("must be one public key in PEM (has " + keys.size() + ")");
        }
        return of(id, algorithm, keys.getFirst());
    }

    /// A secret that issuer and gateway share.
    ///
    /// @param id
    ///            what tokens call it by; null where they don't
    /// @throws InvalidKeyException
    ///             where the secret is too short for the algorithm, or that needs none
    public static VerificationKey secret(@Nullable String id, SignatureAlgorithm algorithm, byte[] secret)
            throws InvalidKeyException {
        if (!algorithm.isSymmetric()) {
            throw new InvalidKeyException(algorithm.id() + " takes no secret");
        }
        if (secret.length < algorithm.minSecretBytes()) {
            throw new InvalidKeyException("must have at least " + algorithm.minSecretBytes() + " bytes for "
                    + algorithm.id() + " (has " + secret.length + ")");
        }
        try {
            return new VerificationKey(id, algorithm, secret.clone(), library(algorithm, new MACVerifier(secret)));
        } catch (JOSEException e) {
            throw new InvalidKeyException(e.getMessage(), e);
        }
    }

    private static Check library(SignatureAlgorithm algorithm, JWSVerifier verifier) {
        JWSHeader header = new JWSHeader(JWSAlgorithm.parse(algorithm.id()));
        return (signed, signature) -> verifier.verify(header, signed, Base64URL.encode(signature));
    }

    private static Check ed25519(PublicKey key) throws InvalidKeyException {
        try {
            Signature.getInstance("Ed25519").initVerify(key);
        } catch (GeneralSecurityException e) {
            throw new InvalidKeyException(e.getMessage(), e);
        }
        return (signed, signature) -> {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(signed);
            return verifier.verify(signature);
        };
    }

    /// What tokens call it by: their `kid`; null where they don't.
    public @Nullable String id() {
        return id;
    }

    /// The one algorithm that it is good for.
    public SignatureAlgorithm algorithm() {
        return algorithm;
    }

    /// Whether this is the signature of what was signed. Takes up to a few hundred microseconds.
    ///
    /// @param signed
    ///            header and payload of a token as they stand there, with the dot between them
    /// @param signature
    ///            its signature, decoded
    public boolean verifies(byte[] signed, byte[] signature) {
        try {
            return signature.length > 0 && check.passes(signed, signature);
        } catch (GeneralSecurityException | JOSEException | RuntimeException e) {
            return false; // what can't be read as a signature is none
        }
    }

    /// Whether both have the same name and algorithm, and are the same key.
    boolean isSameAs(VerificationKey other) {
        return Objects.equals(id, other.id) && algorithm == other.algorithm && isSameMaterialAs(other);
    }

    boolean isSameMaterialAs(VerificationKey other) {
        return algorithm == other.algorithm && MessageDigest.isEqual(encoded, other.encoded);
    }

    /// Without the key.
    @Override
    public String toString() {
        return "VerificationKey[" + id + ", " + algorithm.id() + "]";
    }
}
