package io.tidegate.engine.mirror;

import io.netty.buffer.ByteBuf;
import io.tidegate.engine.worker.Worker;
import java.util.Arrays;

/// A copy of a body, made while it passes by. It is given up where the body gets longer than is wanted, or the worker
/// has no room to spare: bodies that somebody waits for go first. Confined to its event loop, but for the bytes of one
/// that is complete.
public final class BodyCopy {

    private static final byte[] NOTHING = {};
    private static final int FIRST = 512;

    /// How far it has come.
    enum State {
        /// More may come.
        OPEN,
        /// It is here as a whole.
        COMPLETE,
        /// It is longer than is wanted.
        TOO_LONG,
        /// There was no room for it.
        NO_ROOM
    }

    private final Worker worker;
    private final int most;
    private byte[] bytes = NOTHING;
    private int length;
    private State state = State.OPEN;

    /// An empty one, of at most so many bytes.
    BodyCopy(Worker worker, int most) {
        this.worker = worker;
        this.most = most;
    }

    State state() {
        return state;
    }

    /// The bytes, as many as [#length] says.
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /// Copies a part.
    public void add(ByteBuf in, int start, int count) {
        if (makeRoom(count)) {
            in.getBytes(start, bytes, length, count);
            length += count;
        }
    }

    /// Copies a part.
    public void add(byte[] from, int count) {
        if (makeRoom(count)) {
            System.arraycopy(from, 0, bytes, length, count);
            length += count;
        }
    }

    /// Nothing more comes.
    public void complete() {
        if (state == State.OPEN) {
            state = State.COMPLETE;
        }
    }

    /// Gives its room back, and takes none any more. Once more does nothing.
    void free() {
        if (state == State.OPEN) {
            state = State.NO_ROOM;
        }
        worker.unhold(bytes.length);
        bytes = NOTHING;
        length = 0;
    }

    private void giveUp(State why) {
        state = why;
        free();
    }

    private boolean makeRoom(int count) {
        if (state != State.OPEN) {
            return false;
        }
        int needed = length + count;
        if (needed > most) {
            giveUp(State.TOO_LONG);
            return false;
        }
        if (needed > bytes.length) {
            int size = Math.min(most, Math.max(needed, Math.max(FIRST, bytes.length * 2)));
            if (!worker.holdSpare(size - bytes.length)) {
                giveUp(State.NO_ROOM);
                return false;
            }
            bytes = Arrays.copyOf(bytes, size);
        }
        return true;
    }
}
