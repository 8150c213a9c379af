package io.tidegate.config.pem;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;

/// Reads private keys.
public final class PrivateKeys {

    private static final List<String> ALGORITHMS = List.of("RSA", "EC");
    private static final byte[] RSA_IDENTIFIER = {0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86,
        (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
    private static final byte[] EC_OID = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int PARAMETERS = 0xa0;

    private PrivateKeys() {
    }

    /// The RSA or EC key of a PEM file: PKCS#8, PKCS#1 or SEC1.
    public static PrivateKey read(Path file) throws UnusableFileException {
        return first(PemFile.blocks(file));
    }

    /// The RSA or EC key in what such a file holds.
    public static PrivateKey parse(byte[] content) throws UnusableFileException {
        return first(PemFile.blocks(content));
    }

    private static PrivateKey first(List<PemFile.Block> blocks) throws UnusableFileException {
        for (PemFile.Block block : blocks) {
            switch (block.label()) {
                case "PRIVATE KEY" -> {
                    return key(block.content());
                }
                case "RSA PRIVATE KEY" -> {
                    return key(sequence(VERSION_0, RSA_IDENTIFIER, tagged(OCTET_STRING, block.content())));
                }
                case "EC PRIVATE KEY" -> {
                    return key(sequence(VERSION_0, sequence(EC_OID, curve(block.content())),
                            tagged(OCTET_STRING, block.content())));
                }
                default -> {
                    if (block.label().startsWith("ENCRYPTED")) {
                        throw new UnusableFileException("has an encrypted key: write it without a password"
                                + " (openssl pkey -in … -out …) and let nobody else read the file");
                    }
                }
            }
        }
        throw new UnusableFileException("has no private key in PEM ('-----BEGIN PRIVATE KEY-----')");
    }

    private static PrivateKey key(byte[] pkcs8) throws UnusableFileException {
        PrivateKey found = null;
        for (int i = 0; i < ALGORITHMS.size() && found == null; i++) {
            try {
                found = KeyFactory.getInstance(ALGORITHMS.get(i)).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException e) {
                // It may be one of the next kind.
                found = null;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java has keys of RSA and EC", e);
            }
        }
        if (found != null) {
            return found;
        }
        throw new UnusableFileException("has a key that is neither RSA nor EC, or is damaged");
    }

    /// The curve of a SEC1 key (RFC 5915), which PKCS#8 has in another place.
    private static byte[] curve(byte[] sec1) throws UnusableFileException {
        int at = 0;
        int[] outer = element(sec1, at);
        at = outer[0];
        while (at < outer[1]) {
            int[] inner = element(sec1, at);
            if ((sec1[at] & 0xff) == PARAMETERS) {
                return Arrays.copyOfRange(sec1, inner[0], inner[1]);
            }
            at = inner[1];
        }
        throw new UnusableFileException("has an EC key that names no curve");
    }

    /// Where the content of a DER element begins and ends.
    private static int[] element(byte[] der, int at) throws UnusableFileException {
        int length = at + 1 < der.length ? der[at + 1] & 0xff : -1;
        int start = at + 2;
        if (length > 0x80 && length <= 0x82) {
            int digits = length - 0x80;
            length = 0;
            for (int i = 0; i < digits && start < der.length; i++) {
                length = (length << 8) | (der[start++] & 0xff);
            }
        }
        if (length < 0 || length > der.length - start) {
            throw new UnusableFileException("has a damaged key");
        }
        return new int[]{start, start + length};
    }

    private static byte[] sequence(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return tagged(SEQUENCE, out.toByteArray());
    }

    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            out.write(content.length < 0x100 ? 0x81 : 0x82);
            if (content.length >= 0x100) {
                out.write(content.length >> 8);
            }
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    /// Whether a private and a public key belong together.
    public static boolean match(PrivateKey secret, PublicKey shown) {
        if (secret instanceof RSAPrivateKey one && shown instanceof RSAPublicKey other) {
            return one.getModulus().equals(other.getModulus());
        }
        if (!secret.getAlgorithm().equals(shown.getAlgorithm())) {
            return false;
        }
        try {
            byte[] text = new byte[32];
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(secret);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(shown);
            signature.update(text);
            return signature.verify(signed);
        } catch (InvalidKeyException | java.security.SignatureException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java signs with ECDSA", e);
        }
    }
}
