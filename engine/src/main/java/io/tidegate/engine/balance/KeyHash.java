package io.tidegate.engine.balance;

/// Hashes of keys, the same on every gateway and for all time. 0 stands for no key, and is the hash of none.
///
/// They are not secret: who chooses his keys can have them all go to one endpoint, which bounded loads bear.
public final class KeyHash {

    /// What a hash begins with (FNV-1a, 64 bits).
    private static final long BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private KeyHash() {
    }

    /// Of a range of bytes; 0 where it is empty.
    public static long of(byte[] bytes, int start, int end) {
        if (end <= start) {
            return 0;
        }
        long hash = BASIS;
        for (int i = start; i < end; i++) {
            hash = (hash ^ (bytes[i] & 0xFF)) * PRIME;
        }
        return some(mix(hash));
    }

    /// Of a text, the lower eight bits of its characters: that of its bytes where it is ASCII; 0 where it is empty.
    public static long of(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        long hash = BASIS;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ (text.charAt(i) & 0xFF)) * PRIME;
        }
        return some(mix(hash));
    }

    private static long some(long hash) {
        return hash == 0 ? 1 : hash;
    }

    /// Spreads what is alike over all 64 bits: each bit of the result depends on each of the input.
    static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /// A number above 0 and below 1 that follows from a hash.
    static double unit(long hash) {
        return ((hash >>> 11) + 0.5) * 0x1p-53;
    }

    /// Whether a hash falls into a share of all, the same one each time. A larger share holds the smaller one.
    public static boolean isWithin(long hash, double share) {
        return unit(mix(hash + PRIME)) < share;
    }
}
