package io.tidegate.engine.observe;

/// A range of bytes somewhere else: lent for the moment, changed by whoever is asked for it.
public final class ByteSpan {

    private static final byte[] NOTHING = new byte[0];

    private byte[] bytes = NOTHING;
    private int start;
    private int end;

    ByteSpan() {
    }

    /// Points to `bytes`, from `start` to before `end`.
    public void set(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.start = start;
        this.end = end;
    }

    void clear() {
        set(NOTHING, 0, 0);
    }

    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    boolean isEmpty() {
        return end <= start;
    }
}
