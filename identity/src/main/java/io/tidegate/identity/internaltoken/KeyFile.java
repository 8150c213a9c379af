package io.tidegate.identity.internaltoken;

import io.tidegate.api.ConfigException;
import io.tidegate.api.FilePath;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A private key in a PEM file: `PRIVATE KEY` (PKCS #8), as `openssl genpkey` writes it.
final class KeyFile {

    private static final Pattern BLOCK = Pattern
            .compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final long LARGEST = 64 << 10;

    /// How a point on P-256 ends a key that holds one: a bit string of 65 bytes, uncompressed (RFC 5915, SEC 1 section
    /// 2.3.3).
    private static final byte[] POINT = {0x03, 0x42, 0x00, 0x04};
    private static final int COORDINATE = 32;

    private KeyFile() {
    }

    /// Reads one.
    ///
    /// @throws ConfigException
    ///             where there is none that is good for the algorithm; it tells nothing of what the file holds
    static SigningKey read(FilePath file, TokenAlgorithm algorithm) {
        try {
            if (Files.size(file.path()) > LARGEST) {
                throw refused(file, "is too large for a key");
            }
            Matcher block = BLOCK.matcher(Files.readString(file.path(), StandardCharsets.ISO_8859_1));
            if (!block.find()) {
                throw refused(file, "has no 'PRIVATE KEY' in PEM (an encrypted one can't be used)");
            }
            byte[] der = Base64.getMimeDecoder().decode(block.group(1));
            return SigningKey.of(algorithm, algorithm == TokenAlgorithm.ES256 ? ecdsa(file, der) : eddsa(der));
        } catch (IOException e) {
            throw refused(file, "can't be read: " + e.getMessage());
        } catch (GeneralSecurityException | IllegalArgumentException | ClassCastException e) {
            throw refused(file, "has no private key for " + algorithm.id());
        }
    }

    private static ConfigException refused(FilePath file, String problem) {
        return new ConfigException("keyFile", "'" + file + "' " + problem);
    }

    /// The public half stands at the end of what OpenSSL and others write.
    private static KeyPair ecdsa(FilePath file, byte[] der) throws GeneralSecurityException {
        KeyFactory factory = KeyFactory.getInstance("EC");
        ECPrivateKey key = (ECPrivateKey) factory.generatePrivate(new PKCS8EncodedKeySpec(der));
        int at = der.length - 2 * COORDINATE;
        if (at < POINT.length || !Arrays.equals(der, at - POINT.length, at, POINT, 0, POINT.length)) {
            throw refused(file, "has no public key of P-256 beside its private one: write it with"
                    + " 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256'");
        }
        ECPoint point = new ECPoint(new BigInteger(1, Arrays.copyOfRange(der, at, at + COORDINATE)),
                new BigInteger(1, Arrays.copyOfRange(der, at + COORDINATE, der.length)));
        return new KeyPair(factory.generatePublic(new ECPublicKeySpec(point, key.getParams())), key);
    }

    /// The private half is the seed of both (RFC 8032 section 5.1.5): a generator that draws it makes the same key.
    private static KeyPair eddsa(byte[] der) throws GeneralSecurityException {
        PrivateKey key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der));
        byte[] seed = ((EdECPrivateKey) key).getBytes().orElseThrow(IllegalArgumentException::new);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new Drawn(seed));
        return new KeyPair(generator.generateKeyPair().getPublic(), key);
    }

    /// Draws what it was given.
    private static final class Drawn extends SecureRandom {

        private static final long serialVersionUID = 1L;

        private final byte[] drawn;

        Drawn(byte[] drawn) {
            this.drawn = drawn;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(drawn, 0, bytes, 0, bytes.length);
        }
    }
}
