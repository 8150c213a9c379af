package io.tidegate.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/// A body that comes in parts, as a stream of bytes.
final class PartsInput extends InputStream {

    private final ByteArrayOutputStream arrived;
    private final More more;
    private byte[] part = {};
    private int at;

    /// Waits for more of a body.
    @FunctionalInterface
    interface More {

        /// Waits for whatever comes next, be it of this body or not.
        ///
        /// @return false where nothing more of this body will come
        boolean await() throws IOException;
    }

    /// @param arrived
    ///            takes what comes; it is emptied by reading
    PartsInput(ByteArrayOutputStream arrived, More more) {
        this.arrived = arrived;
        this.more = more;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (length > 0 && at == part.length && arrived.size() == 0 && more.await()) {
            // What was taken may have been something else.
        }
        if (at == part.length) {
            part = arrived.toByteArray();
            arrived.reset();
            at = 0;
        }
        int count = Math.min(length, part.length - at);
        if (count == 0 && length > 0) {
            return -1;
        }
        System.arraycopy(part, at, target, offset, count);
        at += count;
        return count;
    }
}
