package io.tidegate.engine.exchange;

import io.netty.buffer.ByteBuf;
import io.tidegate.engine.mirror.BodyCopy;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// The end of a [Relay] on the side that its body goes to: cuts it into chunks where they are needed, and keeps it
/// where it may have to go out once more.
final class BodyOutput {

    private static final byte[] CRLF = Ascii.bytes("\r\n");
    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");

    private final Relay.Target target;
    private final KeptBody kept;
    private final HeadWriter line = new HeadWriter(24);
    private @Nullable BodyCopy copy;
    private boolean chunks;

    BodyOutput(Worker worker, Relay.Target target) {
        this.target = target;
        this.kept = new KeptBody(worker);
    }

    /// What has gone out.
    KeptBody kept() {
        return kept;
    }

    /// Copies what goes out from here on, each byte once; null copies nothing.
    void copy(@Nullable BodyCopy to) {
        copy = to;
    }

    /// Says whether what goes out from here on is cut into chunks.
    void frame(boolean encodeChunks) {
        chunks = encodeChunks;
    }

    /// Whether received bytes are let through as they are.
    boolean isPlain() {
        return !chunks && !kept.isKeeping() && copy == null;
    }

    /// Lets a range of a received buffer out.
    void range(ByteBuf in, int start, int length) {
        kept.add(in, start, length);
        if (copy != null) {
            copy.add(in, start, length);
        }
        if (chunks) {
            chunkLine(length);
        }
        target.range(in, start, length);
        if (chunks) {
            target.bytes(CRLF, 0, CRLF.length);
        }
    }

    /// Lets bytes made here out.
    void bytes(byte[] bytes, int length) {
        kept.add(bytes, length);
        if (copy != null) {
            copy.add(bytes, length);
        }
        write(bytes, length);
    }

    private void write(byte[] bytes, int length) {
        if (chunks) {
            chunkLine(length);
        }
        target.bytes(bytes, 0, length);
        if (chunks) {
            target.bytes(CRLF, 0, CRLF.length);
        }
    }

    private void chunkLine(int length) {
        line.clear();
        line.hex(length);
        line.crlf();
        target.bytes(line.array(), 0, line.length());
    }

    /// Lets all that was kept out once more.
    void repeat() {
        if (kept.length() > 0) {
            write(kept.bytes(), kept.length());
        }
    }

    /// The body is complete.
    void end(@Nullable Trailers trailers) {
        if (chunks) {
            target.bytes(LAST_CHUNK, 0, LAST_CHUNK.length);
        }
        if (trailers != null) {
            target.trailers(trailers);
        }
        target.end();
    }
}
