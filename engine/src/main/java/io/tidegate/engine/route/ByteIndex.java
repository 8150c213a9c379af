package io.tidegate.engine.route;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;

/// A hash table from a scope and a run of bytes to a number, looked up without making an object.
///
/// Open addressing, linear probing, at most half full. The hash takes eight bytes at a time and is keyed by a secret
/// of each table, so that nobody who writes routes can choose names that collide.
final class ByteIndex {

    /// What a look-up gives for a name that is not there.
    static final int NONE = -1;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    /// Scope, offset of the name in the pool, its length, value + 1 (0: a free slot).
    private static final int STRIDE = 4;

    private final long seed;
    private final long multiplier;
    private int[] slots = new int[16 * STRIDE];
    private int mask = 15;
    private byte[] pool = new byte[256];
    private int poolLength;
    private int size;

    ByteIndex() {
        SecureRandom random = new SecureRandom();
        seed = random.nextLong();
        multiplier = random.nextLong() | 1;
    }

    int find(int scope, byte[] bytes, int from, int to) {
        int[] table = slots;
        for (int i = hash(scope, bytes, from, to) & mask;; i = (i + 1) & mask) {
            int slot = i * STRIDE;
            int value = table[slot + 3];
            if (value == 0) {
                return NONE;
            }
            int length = table[slot + 2];
            if (table[slot] == scope && length == to - from) {
                int offset = table[slot + 1];
                if (Arrays.equals(bytes, from, to, pool, offset, offset + length)) {
                    return value - 1;
                }
            }
        }
    }

    /// Adds a name that is not there yet.
    void add(int scope, byte[] bytes, int value) {
        if (size * 2 > mask) {
            grow();
        }
        if (poolLength + bytes.length > pool.length) {
            pool = Arrays.copyOf(pool, Math.max(pool.length * 2, poolLength + bytes.length));
        }
        System.arraycopy(bytes, 0, pool, poolLength, bytes.length);
        put(scope, poolLength, bytes.length, value + 1);
        poolLength += bytes.length;
        size++;
    }

    /// Gives back the room that was kept for more names.
    void trim() {
        pool = Arrays.copyOf(pool, poolLength);
    }

    private void grow() {
        int[] old = slots;
        slots = new int[old.length * 2];
        mask = mask * 2 + 1;
        for (int i = 0; i < old.length; i += STRIDE) {
            if (old[i + 3] != 0) {
                put(old[i], old[i + 1], old[i + 2], old[i + 3]);
            }
        }
    }

    private void put(int scope, int offset, int length, int value) {
        int i = hash(scope, pool, offset, offset + length) & mask;
        while (slots[i * STRIDE + 3] != 0) {
            i = (i + 1) & mask;
        }
        slots[i * STRIDE] = scope;
        slots[i * STRIDE + 1] = offset;
        slots[i * STRIDE + 2] = length;
        slots[i * STRIDE + 3] = value;
    }

    private int hash(int scope, byte[] bytes, int from, int to) {
        long h = seed ^ (scope * SPREAD) ^ (to - from);
        int i = from;
        for (; to - i > 8; i += 8) {
            h = fold(h ^ (long) LONGS.get(bytes, i));
        }
        h = fold(h ^ tail(bytes, i, to - i));
        return (int) (h ^ (h >>> 32));
    }

    private long fold(long value) {
        return Math.multiplyHigh(value, multiplier) ^ (value * multiplier);
    }

    /// At most eight bytes as one number.
    private static long tail(byte[] bytes, int at, int count) {
        if (count == 0) {
            return 0;
        }
        if (at + 8 <= bytes.length) {
            return (long) LONGS.get(bytes, at) & (-1L >>> (64 - 8 * count));
        }
        long value = 0;
        for (int i = count - 1; i >= 0; i--) {
            value = value << 8 | (bytes[at + i] & 0xFF);
        }
        return value;
    }
}
