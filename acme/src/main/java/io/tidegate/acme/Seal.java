package io.tidegate.acme;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import org.jspecify.annotations.Nullable;

/// Encrypts what is kept where others can read and write, so that they can do neither.
///
/// ```
/// 1, IV (12), AES-256-GCM of the text with its tag (16)
/// ```
///
/// Keys come from the secrets by HKDF-SHA-256 (RFC 5869). Where a text is kept is authenticated with it, so that one
/// can't be put into the place of another. So few are sealed that IVs may be made by chance.
final class Seal {

    private static final byte FORM = 1;
    private static final int IV = 12;
    private static final int TAG = 16;
    private static final int KEY = 32;

    private final SecureRandom random = new SecureRandom();
    private final List<SecretKey> keys = new ArrayList<>();

    /// What was opened.
    ///
    /// @param current
    ///            whether it was sealed with the first secret
    record Opened(String text, boolean current) {
    }

    /// @param secrets
    ///            the first seals, all open
    Seal(List<String> secrets) {
        try {
            KDF kdf = KDF.getInstance("HKDF-SHA256");
            for (String secret : secrets) {
                keys.add(kdf.deriveKey("AES", HKDFParameterSpec.ofExtract().addIKM(bytes(secret))
                        .addSalt(bytes("tidegate acme 1")).thenExpand(bytes("store"), KEY)));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HKDF", e);
        }
    }

    /// Encrypts a text.
    ///
    /// @param place
    ///            where it is kept; [#open] has to be told the same
    byte[] seal(String text, String place) {
        byte[] iv = new byte[IV];
        random.nextBytes(iv);
        byte[] plain = bytes(text);
        ByteBuffer out = ByteBuffer.allocate(1 + IV + plain.length + TAG).put(FORM).put(iv);
        try {
            cipher(Cipher.ENCRYPT_MODE, keys.getFirst(), iv, place).doFinal(ByteBuffer.wrap(plain), out);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a text can't be encrypted", e);
        }
        return out.array();
    }

    /// The text that was sealed for this place; null for anything else.
    @Nullable
    Opened open(byte[] sealed, String place) {
        if (sealed.length < 1 + IV + TAG || sealed[0] != FORM) {
            return null;
        }
        byte[] iv = Arrays.copyOfRange(sealed, 1, 1 + IV);
        for (SecretKey key : keys) {
            try {
                byte[] plain = cipher(Cipher.DECRYPT_MODE, key, iv, place).doFinal(sealed, 1 + IV,
                        sealed.length - 1 - IV);
                return new Opened(new String(plain, StandardCharsets.UTF_8), key.equals(keys.getFirst()));
            } catch (GeneralSecurityException e) {
                // Perhaps the next one opens it.
            }
        }
        return null;
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] iv, String place) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG * 8, iv));
        cipher.updateAAD(bytes(place));
        return cipher;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
