package io.tidegate.engine.observe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A destination that does as it is told, and remembers what it got.
final class Disk implements LogDestination {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    volatile int room = Integer.MAX_VALUE;
    volatile boolean broken;
    volatile int most = Integer.MAX_VALUE;
    volatile int failures;
    volatile int size;
    volatile boolean closed;
    volatile int reopened;

    @Override
    public String name() {
        return "disk";
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public int write(ByteBuffer lines) throws IOException {
        if (broken) {
            failures++;
            throw new IllegalStateException("broken");
        }
        if (size == room) {
            failures++;
            throw new IOException("No space left on device");
        }
        int count = Math.min(Math.min(most, room - size), lines.remaining());
        byte[] bytes = new byte[count];
        lines.get(bytes);
        written.write(bytes);
        size = written.size();
        return count;
    }

    @Override
    public void reopen() {
        reopened = written.size();
    }

    @Override
    public void interrupt(Thread writer) {
        writer.interrupt();
    }

    @Override
    public void close() {
        closed = true;
    }

    String text() {
        return written.toString(StandardCharsets.US_ASCII);
    }
}
