package io.tidegate.identity.apikey;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.zip.CRC32;

/// The form of keys that are made here: `tg_`, 40 random characters of base 62 (238 bits), `_`, and a checksum of what
/// stands before it (CRC-32 in six characters of base 62).
///
/// Whoever scans texts for secrets that have leaked knows such a key when it is met, and a typing error is told without
/// looking for the key. The checksum protects nothing: anybody can make one that is right.
public final class GeneratedKey {

    /// What every such key begins with.
    public static final String PREFIX = "tg_";

    private static final int RANDOM = 40;
    private static final int LEAST_RANDOM = 32;
    private static final int CHECKSUM = 6;
    private static final int BASE = 62;
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private GeneratedKey() {
    }

    /// A new key.
    public static String create(SecureRandom random) {
        StringBuilder key = new StringBuilder(PREFIX);
        for (int i = 0; i < RANDOM; i++) {
            key.append(DIGITS.charAt(random.nextInt(BASE)));
        }
        byte[] bytes = key.toString().getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, bytes.length);
        char[] checksum = new char[CHECKSUM];
        long rest = crc.getValue();
        for (int i = CHECKSUM - 1; i >= 0; i--) {
            checksum[i] = DIGITS.charAt((int) (rest % BASE));
            rest /= BASE;
        }
        return key.append('_').append(checksum).toString();
    }

    /// Whether a key has the form of those that are made here, but not their checksum: it was mistyped, or made up.
    ///
    /// @param key
    ///            in ASCII
    /// @param crc
    ///            is used, and left in any state
    static boolean isBroken(byte[] key, int length, CRC32 crc) {
        int mark = length - CHECKSUM - 1;
        if (!hasForm(key, mark)) {
            return false;
        }
        crc.reset();
        crc.update(key, 0, mark);
        long rest = crc.getValue();
        boolean same = true;
        for (int i = length - 1; i > mark; i--) {
            same &= key[i] == DIGITS.charAt((int) (rest % BASE));
            rest /= BASE;
        }
        return !same;
    }

    private static boolean hasForm(byte[] key, int mark) {
        if (mark < PREFIX.length() + LEAST_RANDOM || key[mark] != '_' || key[0] != 't' || key[1] != 'g'
                || key[2] != '_') {
            return false;
        }
        for (int i = PREFIX.length(); i < mark; i++) {
            int c = key[i];
            if (!(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')) {
                return false;
            }
        }
        return true;
    }
}
