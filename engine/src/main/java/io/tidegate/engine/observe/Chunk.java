package io.tidegate.engine.observe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Memory for lines, handed from an event loop to the writer while it is still being filled: the loop publishes how far
/// it is with every line, the writer takes what is published.
final class Chunk {

    private static final VarHandle PUBLISHED;
    private static final VarHandle FULL;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PUBLISHED = lookup.findVarHandle(Chunk.class, "published", int.class);
            FULL = lookup.findVarHandle(Chunk.class, "full", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final byte[] bytes;
    /// Written by the loop with release, read by the writer with acquire.
    private int published;
    private boolean full;
    /// The writer's: what it has taken.
    private int taken;

    Chunk(int size) {
        bytes = new byte[size];
    }

    byte[] bytes() {
        return bytes;
    }

    /// Where the next line begins; the loop's view.
    int end() {
        return published;
    }

    boolean hasRoom(int size) {
        return bytes.length - published >= size;
    }

    /// Everything before `end` may be written out.
    void publish(int end) {
        PUBLISHED.setRelease(this, end);
    }

    /// No line will be added.
    void fill() {
        FULL.setRelease(this, true);
    }

    /// Makes it empty again; called by the loop, once the writer has given it back.
    void reuse() {
        taken = 0;
        FULL.setRelease(this, false);
        PUBLISHED.setRelease(this, 0);
    }

    int available() {
        return (int) PUBLISHED.getAcquire(this);
    }

    boolean isFull() {
        return (boolean) FULL.getAcquire(this);
    }

    int taken() {
        return taken;
    }

    void take(int end) {
        taken = end;
    }
}
