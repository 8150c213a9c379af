package io.tidegate.engine.observe;

import java.nio.charset.StandardCharsets;

/// Names of query parameters, fields and keys whose values don't belong in a log.
///
/// Only the letters of a name count, without regard to case and with escapes resolved: `api_key`, `apiKey`, `api-key[]`
/// and `%61pikey` are one name. Secret is what ends in `token`, `apikey`, `password`, `passwd`, `secret`, `signature` or
/// `credential`, and what is `key`, `code`, `sig`, `pwd` or `jwt`.
public final class SecretNames {

    private static final long[] ENDS = {pack("token"), pack("apikey"), pack("password"), pack("passwd"), pack("secret"),
        pack("signature"), pack("credential")};
    private static final long[] WHOLE = {pack("key"), pack("code"), pack("sig"), pack("pwd"), pack("jwt")};

    private SecretNames() {
    }

    /// The last eight letters, one a byte.
    private static long pack(String word) {
        long packed = 0;
        for (int i = 0; i < word.length(); i++) {
            packed = packed << 8 | word.charAt(i);
        }
        return packed;
    }

    /// Whether a value of this name is a secret.
    public static boolean isSecret(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        return contains(bytes, 0, bytes.length);
    }

    static boolean contains(byte[] bytes, int start, int end) {
        long letters = 0;
        for (int i = start; i < end; i++) {
            int c = bytes[i];
            if (c == '%' && i + 2 < end) {
                c = (digit(bytes[i + 1]) << 4 | digit(bytes[i + 2])) & 0xFF;
                i += 2;
            }
            int lower = c | 0x20;
            if (lower >= 'a' && lower <= 'z') {
                letters = letters << 8 | lower;
            }
        }
        return isSecret(letters);
    }

    private static boolean isSecret(long letters) {
        for (long word : WHOLE) {
            if (letters == word) {
                return true;
            }
        }
        for (long word : ENDS) {
            // All ones in the bytes that the word has.
            long mask = -1L >>> (Long.numberOfLeadingZeros(word) & ~7);
            if ((letters & mask) == word) {
                return true;
            }
        }
        return false;
    }

    private static int digit(byte b) {
        return Math.max(Character.digit(b, 16), 0);
    }
}
