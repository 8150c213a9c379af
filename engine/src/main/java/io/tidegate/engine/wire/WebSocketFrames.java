package io.tidegate.engine.wire;

import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Follows the frames of WebSocket (RFC 6455 §5.2) in one direction, over ranges of received buffers. Payload is
/// counted, never looked at; of a frame's head the bytes are kept, 14 at most.
///
/// ```
/// BETWEEN ─ a byte ─▶ IN HEAD ─ the last of it ─▶ IN PAYLOAD ─ the last of it ─▶ BETWEEN
///                        └───── no payload ──────────────────────────────────────┘
/// ```
///
public final class WebSocketFrames {

    /// The rest of a message.
    public static final int CONTINUATION = 0;
    /// The end of the connection.
    public static final int CLOSE = 8;
    /// Asks the other side whether it is there.
    public static final int PING = 9;
    /// Says so, with what the ping said.
    public static final int PONG = 10;

    private static final int LONGEST_HEAD = 14;
    private static final int SHORTEST_HEAD = 2;
    private static final int MASK_LENGTH = 4;
    private static final int TWO_BYTES = 126;
    private static final int EIGHT_BYTES = 127;
    private static final int MASKED = 0x80;

    private final byte[] head = new byte[LONGEST_HEAD];
    private int have;
    private int need = SHORTEST_HEAD;
    private long payload;
    private long left;
    private boolean headRead;
    private boolean closed;

    /// Takes bytes up to the end of a frame's head, the end of a frame, or the end of the range, whichever comes first.
    ///
    /// @return how many were taken, at least 1
    public int advance(ByteBuf in, int at, int length) {
        headRead = false;
        if (have == need) {
            int taken = (int) Math.min(left, length);
            left -= taken;
            if (left == 0) {
                frameEnds();
            }
            return taken;
        }
        int taken = 0;
        while (taken < length && have < need) {
            head[have++] = in.getByte(at + taken);
            taken++;
            if (have == SHORTEST_HEAD) {
                need = headLength(head[1]);
            }
        }
        if (have == need) {
            headEnds();
        }
        return taken;
    }

    private static int headLength(byte second) {
        int length = second & 0x7F;
        int extended = length == EIGHT_BYTES ? 8 : length == TWO_BYTES ? 2 : 0;
        return SHORTEST_HEAD + extended + ((second & MASKED) == 0 ? 0 : MASK_LENGTH);
    }

    private void headEnds() {
        headRead = true;
        int length = head[1] & 0x7F;
        int extended = length == EIGHT_BYTES ? 8 : length == TWO_BYTES ? 2 : 0;
        payload = extended == 0 ? length : 0;
        for (int i = 0; i < extended; i++) {
            payload = (payload << 8) | (head[SHORTEST_HEAD + i] & 0xFF);
        }
        // What is longer than can be has no end.
        left = payload < 0 ? Long.MAX_VALUE : payload;
        if (left == 0) {
            frameEnds();
        }
    }

    private void frameEnds() {
        closed |= opcode() == CLOSE;
        have = 0;
        need = SHORTEST_HEAD;
    }

    /// Whether it stands between two frames.
    public boolean isBetween() {
        return have == 0;
    }

    /// Whether it stands within the head of a frame.
    public boolean isInHead() {
        return have > 0 && have < need;
    }

    /// Whether the bytes that were taken last were the end of a frame's head.
    public boolean isHeadRead() {
        return headRead;
    }

    /// Whether a Close frame has passed: nothing may follow it.
    public boolean isClosed() {
        return closed;
    }

    /// The bytes of the head that was begun last.
    public byte[] head() {
        return head;
    }

    /// Length of the head that was read last.
    public int headLength() {
        return headLength(head[1]);
    }

    /// What the frame of that head is.
    public int opcode() {
        return head[0] & 0x0F;
    }

    /// Whether it is about the connection rather than a part of a message.
    public boolean isControl() {
        return (head[0] & 0x08) != 0;
    }

    /// Whether it is the last of its message.
    public boolean isLast() {
        return (head[0] & 0x80) != 0;
    }

    /// Whether its payload is masked.
    public boolean isMasked() {
        return (head[1] & MASKED) != 0;
    }

    /// Length of its payload in bytes; negative for what no frame may have.
    public long payload() {
        return payload;
    }

    /// Takes the mask of the frame whose head was read last off its payload, or puts it on; does nothing where it
    /// has none.
    public void unmask(byte[] whole) {
        if (isMasked()) {
            mask(whole, 0, whole.length, head, headLength() - MASK_LENGTH);
        }
    }

    private static void mask(byte[] bytes, int start, int length, byte[] key, int keyStart) {
        for (int i = 0; i < length; i++) {
            bytes[start + i] ^= key[keyStart + i % MASK_LENGTH];
        }
    }

    /// A Close frame without a reason.
    ///
    /// @param mask
    ///            where the mask comes from that a client's frame has; null for a server's
    public static byte[] close(int code, @Nullable SplittableRandom mask) {
        return control(CLOSE, new byte[]{(byte) (code >> 8), (byte) code}, mask);
    }

    /// A frame about the connection.
    ///
    /// @param payload
    ///            125 bytes at most
    /// @param mask
    ///            where the mask comes from that a client's frame has; null for a server's
    public static byte[] control(int opcode, byte[] payload, @Nullable SplittableRandom mask) {
        int start = SHORTEST_HEAD + (mask == null ? 0 : MASK_LENGTH);
        byte[] frame = new byte[start + payload.length];
        frame[0] = (byte) (0x80 | opcode);
        frame[1] = (byte) (payload.length | (mask == null ? 0 : MASKED));
        System.arraycopy(payload, 0, frame, start, payload.length);
        if (mask != null) {
            byte[] key = new byte[MASK_LENGTH];
            mask.nextBytes(key);
            System.arraycopy(key, 0, frame, SHORTEST_HEAD, MASK_LENGTH);
            mask(frame, start, payload.length, key, 0);
        }
        return frame;
    }
}
