package io.tidegate.engine.exchange;

import io.netty.buffer.ByteBuf;
import io.tidegate.engine.worker.Worker;
import java.util.Arrays;

/// What has gone out of a body, in case it has to go out once more: all of it, or nothing at all once it is more than
/// [#MOST] or the worker has no room to spare: it is a courtesy, and bodies that policies wait for go first. Framing is
/// left out.
final class KeptBody {

    /// Most bytes that are kept.
    static final int MOST = 64 << 10;

    private static final byte[] NOTHING = {};

    private final Worker worker;
    private byte[] bytes = NOTHING;
    private int length;
    private boolean keeping;

    KeptBody(Worker worker) {
        this.worker = worker;
    }

    /// Keeps what goes out from here on.
    void keep() {
        keeping = true;
    }

    /// Whether all that has gone out is here.
    boolean isKeeping() {
        return keeping;
    }

    /// Lets go of it, and keeps no more.
    void drop() {
        if (keeping) {
            keeping = false;
            worker.unhold(bytes.length);
            bytes = NOTHING;
            length = 0;
        }
    }

    /// The bytes, as many as [#length] says.
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /// A part has gone out.
    void add(ByteBuf in, int start, int count) {
        if (keeping && makeRoom(count)) {
            in.getBytes(start, bytes, length, count);
            length += count;
        }
    }

    /// A part has gone out.
    void add(byte[] from, int count) {
        if (keeping && makeRoom(count)) {
            System.arraycopy(from, 0, bytes, length, count);
            length += count;
        }
    }

    private boolean makeRoom(int count) {
        int needed = length + count;
        if (needed > MOST) {
            drop();
            return false;
        }
        if (needed > bytes.length) {
            int size = Math.min(MOST, Math.max(needed, Math.max(512, bytes.length * 2)));
            if (!worker.holdSpare(size - bytes.length)) {
                drop();
                return false;
            }
            bytes = Arrays.copyOf(bytes, size);
        }
        return true;
    }
}
