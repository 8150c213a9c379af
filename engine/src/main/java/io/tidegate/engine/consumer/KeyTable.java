package io.tidegate.engine.consumer;

import io.tidegate.api.Consumers.ApiKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Keys by their SHA-256: open addressing over flat arrays, as there may be millions of them. Filled by one thread,
/// then only read.
///
/// The hash of a key tells nothing of the key, and how long a look-up takes depends on the hash alone; even so all 32
/// bytes are compared, whatever the first ones say.
final class KeyTable {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int WORDS = 4;
    private static final int FIRST_SIZE = 16;

    /// One more than the index of an entry; 0 for a free slot. At most half of them are taken.
    private int[] slots = new int[2 * FIRST_SIZE];
    private long[] hashes = new long[FIRST_SIZE * WORDS];
    private ApiKey[] keys = new ApiKey[FIRST_SIZE];
    private int size;

    private static long word(byte[] sha256, int word) {
        return (long) LONG.get(sha256, word * Long.BYTES);
    }

    private static int slot(long first, int[] among) {
        return (int) (first >>> Integer.SIZE) & among.length - 1;
    }

    /// Adds a key.
    ///
    /// @param sha256
    ///            32 bytes
    /// @return the key with this hash that is there already; null where it was added
    @Nullable
    ApiKey add(byte[] sha256, ApiKey key) {
        ApiKey known = find(sha256);
        if (known != null) {
            return known;
        }
        if (size == keys.length) {
            grow();
        }
        keys[size] = key;
        for (int word = 0; word < WORDS; word++) {
            hashes[size * WORDS + word] = word(sha256, word);
        }
        place(size++);
        return null;
    }

    private void grow() {
        keys = Arrays.copyOf(keys, 2 * size);
        hashes = Arrays.copyOf(hashes, 2 * size * WORDS);
        slots = new int[4 * size];
        for (int i = 0; i < size; i++) {
            place(i);
        }
    }

    private void place(int entry) {
        int slot = slot(hashes[entry * WORDS], slots);
        while (slots[slot] != 0) {
            slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = entry + 1;
    }

    /// The key with this hash, or null.
    @Nullable
    ApiKey find(byte[] sha256) {
        long first = word(sha256, 0);
        long second = word(sha256, 1);
        long third = word(sha256, 2);
        long fourth = word(sha256, 3);
        int[] among = slots;
        ApiKey found = null;
        for (int slot = slot(first, among); among[slot] != 0; slot = slot + 1 & among.length - 1) {
            int at = (among[slot] - 1) * WORDS;
            long other = (hashes[at] ^ first) | (hashes[at + 1] ^ second) | (hashes[at + 2] ^ third)
                    | (hashes[at + 3] ^ fourth);
            if (other == 0) {
                found = keys[among[slot] - 1];
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return "KeyTable[" + size + " keys]";
    }
}
