package io.tidegate.engine.exchange;

import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.RequestHead;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The id of a request: 128 bits by chance, as 32 hexadecimal digits, or what a trusted peer gave it. Becomes a text
/// only where somebody asks for one.
public final class RequestId {

    /// Longest id that is taken over from a peer, in characters.
    static final int LONGEST = 128;

    private long high;
    private long low;
    private @Nullable String given;
    private @Nullable String text;

    RequestId() {
    }

    /// Takes over the id that a trusted peer gave, or makes one.
    void take(Peer peer, RequestHead head, SplittableRandom random) {
        renew(random);
        if (peer.isTrusted()) {
            text = RequestWriter.keptId(head);
            given = text;
        }
    }

    void renew(SplittableRandom random) {
        high = random.nextLong();
        low = random.nextLong();
        given = null;
        text = null;
    }

    /// The first half, where it was made here.
    long high() {
        return high;
    }

    /// The second half, where it was made here.
    long low() {
        return low;
    }

    /// The id that a peer gave, or null where it was made here.
    @Nullable
    String given() {
        return given;
    }

    /// Writes the id.
    public void write(HeadWriter out) {
        String received = given;
        if (received != null) {
            out.text(received);
        } else {
            writeHex(out, high);
            writeHex(out, low);
        }
    }

    private static void writeHex(HeadWriter out, long value) {
        for (int shift = 60; shift >= 0; shift -= 4) {
            int nibble = (int) (value >>> shift) & 15;
            out.one((char) (nibble < 10 ? '0' + nibble : 'a' + nibble - 10));
        }
    }

    @Override
    public String toString() {
        String known = text;
        if (known == null) {
            StringBuilder made = new StringBuilder(32);
            for (long half : new long[]{high, low}) {
                for (int shift = 60; shift >= 0; shift -= 4) {
                    made.append(Character.forDigit((int) (half >>> shift) & 15, 16));
                }
            }
            known = made.toString();
            text = known;
        }
        return known;
    }
}
