package io.tidegate.identity.oidc;

import io.tidegate.identity.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Encrypts what browsers and stores keep for the gateway, so that they can neither read nor change it.
///
/// ```
/// 1, key id (4), salt (16), IV (12), AES-256-GCM of the text with its tag (16)
/// ```
///
/// Each message has a key of its own, made of the secret and its salt by HKDF-SHA-256 (RFC 5869), so that the number
/// of messages under one secret is not bounded by that of the IVs. What a message is for is authenticated with it: one
/// that was made for something else can't be opened. The first secret encrypts, all of them decrypt.
final class Seal {

    /// What a sealed message is longer than its text, in bytes.
    static final int OVERHEAD = 1 + 4 + 16 + 12 + 16;

    private static final byte FORM = 1;
    private static final int ID = 4;
    private static final int SALT = 16;
    private static final int IV = 12;
    private static final int TAG_BITS = 128;
    private static final int KEY = 32;
    private static final byte[] EXTRACT_SALT = bytes("tidegate oidc 1");
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

    private final SecureRandom random = new SecureRandom();
    private final List<Root> roots = new ArrayList<>();

    /// What a secret comes to.
    ///
    /// @param id
    ///            tells which of several it is
    /// @param key
    ///            what keys of messages are made of
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Root(byte[] id, SecretKey key) {
    }

    Seal(List<String> secrets) {
        try {
            for (String secret : secrets) {
                SecretKey key = KDF.getInstance("HKDF-SHA256").deriveKey("HKDF", HKDFParameterSpec.ofExtract()
                        .addIKM(bytes(secret)).addSalt(EXTRACT_SALT).thenExpand(bytes("root"), KEY));
                roots.add(new Root(expand(key, bytes("id"), ID).getEncoded(), key));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HKDF", e);
        }
    }

    /// Encrypts a text.
    ///
    /// @param purpose
    ///            what it is for; [#open] has to be told the same
    byte[] seal(byte[] text, String purpose) {
        Root root = roots.getFirst();
        byte[] salt = new byte[SALT];
        byte[] iv = new byte[IV];
        random.nextBytes(salt);
        random.nextBytes(iv);
        ByteBuffer out = ByteBuffer.allocate(text.length + OVERHEAD).put(FORM).put(root.id).put(salt).put(iv);
        try {
            cipher(Cipher.ENCRYPT_MODE, root, salt, iv, purpose).doFinal(ByteBuffer.wrap(text), out);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a text can't be encrypted", e);
        }
        return out.array();
    }

    /// The text of a message that was sealed for this purpose; null for anything else.
    byte @Nullable [] open(byte[] message, String purpose) {
        if (message.length < OVERHEAD || message[0] != FORM) {
            return null;
        }
        byte[] id = Arrays.copyOfRange(message, 1, 1 + ID);
        int saltEnd = 1 + ID + SALT;
        byte[] salt = Arrays.copyOfRange(message, 1 + ID, saltEnd);
        byte[] iv = Arrays.copyOfRange(message, saltEnd, saltEnd + IV);
        for (Root root : roots) {
            if (!MessageDigest.isEqual(root.id, id)) {
                continue;
            }
            try {
                return cipher(Cipher.DECRYPT_MODE, root, salt, iv, purpose).doFinal(message, saltEnd + IV,
                        message.length - saltEnd - IV);
            } catch (GeneralSecurityException e) {
                // Two secrets may have the same id: the next one may open it.
            }
        }
        return null;
    }

    /// [#seal], in Base64 for URLs.
    String sealText(byte[] text, String purpose) {
        return ENCODER.encodeToString(seal(text, purpose));
    }

    /// [#open] of what [#sealText] has made.
    byte @Nullable [] openText(String message, String purpose) {
        try {
            return open(DECODER.decode(message), purpose);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// A text that nobody can guess: this many random bytes in Base64 for URLs.
    String random(int bytes) {
        byte[] value = new byte[bytes];
        random.nextBytes(value);
        return ENCODER.encodeToString(value);
    }

    /// The SHA-256 of a text, in Base64 for URLs. Its parts can't be shifted from one to the next.
    static String digest(String... parts) {
        if (parts.length == 1) {
            return Sha256.base64(parts[0]);
        }
        MessageDigest digest = Sha256.begin();
        for (String part : parts) {
            byte[] bytes = bytes(part);
            digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
            digest.update(bytes);
        }
        return ENCODER.encodeToString(digest.digest());
    }

    /// Whether two texts are the same, in a time that does not tell where they differ.
    static boolean same(String one, String other) {
        return MessageDigest.isEqual(bytes(one), bytes(other));
    }

    private static Cipher cipher(int mode, Root root, byte[] salt, byte[] iv, String purpose)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        SecretKey key = new SecretKeySpec(expand(root.key, salt, KEY).getEncoded(), "AES");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, iv));
        cipher.updateAAD(bytes(purpose));
        return cipher;
    }

    private static SecretKey expand(SecretKey root, byte[] info, int length) throws GeneralSecurityException {
        return KDF.getInstance("HKDF-SHA256").deriveKey("Generic", HKDFParameterSpec.expandOnly(root, info, length));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
