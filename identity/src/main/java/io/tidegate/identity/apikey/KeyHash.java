package io.tidegate.identity.apikey;

import io.tidegate.identity.Sha256;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// SHA-256 of keys, without an allocation a key: what it takes belongs to the thread. A plain hash is enough for what
/// is random and long; it must not be used for passwords.
public final class KeyHash {

    /// Most characters of a key. A longer one is not hashed.
    public static final int MOST = 512;

    private static final ThreadLocal<KeyHash> OF_THREAD = ThreadLocal.withInitial(KeyHash::new);
    private static final int BYTES = 32;

    private final MessageDigest digest = Sha256.begin();
    private final CRC32 crc = new CRC32();
    private final byte[] key = new byte[MOST];
    private final byte[] hash = new byte[BYTES];

    private KeyHash() {
    }

    /// The hash as it is declared: 64 lower-case hexadecimal digits.
    ///
    /// @throws IllegalArgumentException
    ///             for what can't be a key: its message tells nothing of it
    public static String hexOf(String key) {
        byte[] hash = of(key);
        if (hash == null) {
            throw new IllegalArgumentException(
                    "a key is 1 to " + MOST + " visible ASCII characters, and one that begins"
                            + " with '" + GeneratedKey.PREFIX + "' has a checksum that is right");
        }
        return HexFormat.of().formatHex(hash);
    }

    /// The hash of a key, good until the thread asks again; null for what is no key: nothing, more than [#MOST]
    /// characters, characters that are not visible ASCII, a wrong checksum.
    static byte @Nullable [] of(String key) {
        return OF_THREAD.get().hash(key);
    }

    private byte @Nullable [] hash(String text) {
        int length = text.length();
        if (length == 0 || length > MOST) {
            return null;
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > '~') {
                return null;
            }
            key[i] = (byte) c;
        }
        if (GeneratedKey.isBroken(key, length, crc)) {
            return null;
        }
        digest.update(key, 0, length);
        try {
            digest.digest(hash, 0, BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("32 bytes hold a SHA-256", e);
        }
        return hash;
    }
}
