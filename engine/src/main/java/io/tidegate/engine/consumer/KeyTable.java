package io.tidegate.engine.consumer;

import io.tidegate.api.Consumers.ApiKey;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keys by their SHA-256: open addressing over flat arrays, as there may be millions of them.
///
/// The hash of a key tells nothing of the key, and how long a look-up takes depends on the hash alone; even so all 32
/// bytes are compared, whatever the first ones say.
final class KeyTable {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int WORDS = 4;

    /// One more than the index of an entry; 0 for a free slot. At most half of them are taken.
    private final int[] slots;
    private final long[] hashes;
    private final ApiKey[] keys;

    /// A key and its hash.
    ///
    /// @param sha256
    ///            32 bytes
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(byte[] sha256, ApiKey key) {
    }

    KeyTable(List<Entry> entries) {
        slots = new int[Math.max(4, Integer.highestOneBit(Math.max(1, entries.size() * 2 - 1)) * 2)];
        hashes = new long[entries.size() * WORDS];
        keys = new ApiKey[entries.size()];
        for (int i = 0; i < keys.length; i++) {
            Entry entry = entries.get(i);
            keys[i] = entry.key();
            for (int word = 0; word < WORDS; word++) {
                hashes[i * WORDS + word] = word(entry.sha256(), word);
            }
            int slot = slot(hashes[i * WORDS]);
            while (slots[slot] != 0) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = i + 1;
        }
    }

    private static long word(byte[] sha256, int word) {
        return (long) LONG.get(sha256, word * Long.BYTES);
    }

    private int slot(long first) {
        return (int) (first >>> Integer.SIZE) & slots.length - 1;
    }

    /// The key with this hash, or null.
    @Nullable
    ApiKey find(byte[] sha256) {
        long first = word(sha256, 0);
        long second = word(sha256, 1);
        long third = word(sha256, 2);
        long fourth = word(sha256, 3);
        ApiKey found = null;
        for (int slot = slot(first); slots[slot] != 0; slot = slot + 1 & slots.length - 1) {
            int at = (slots[slot] - 1) * WORDS;
            long other = (hashes[at] ^ first) | (hashes[at + 1] ^ second) | (hashes[at + 2] ^ third)
                    | (hashes[at + 3] ^ fourth);
            if (other == 0) {
                found = keys[slots[slot] - 1];
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return "KeyTable[" + Arrays.stream(slots).filter(slot -> slot != 0).count() + " keys]";
    }
}
