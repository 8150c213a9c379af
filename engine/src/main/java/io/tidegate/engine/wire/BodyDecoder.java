package io.tidegate.engine.wire;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import org.jspecify.annotations.Nullable;

/// Cuts the body of a message out of what is received (RFC 9112 §6): a counted, a chunked or a last one of a
/// connection.
///
/// With framing kept, a chunked body is handed on chunk lines and all: runs that are as re-serialising would write them
/// go as ranges of the received buffer, anything else (extensions, upper-case sizes, trailers) is written anew. What is
/// not yet known to be right is held back, so a message is never completed before its last byte was checked.
public final class BodyDecoder {

    private enum State {
        IDLE, COUNTED, UNTIL_CLOSE, SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, TRAILER_LINE, TRAILER_LF, DONE
    }

    /// Largest extensions of one chunk, in bytes.
    static final int MAX_CHUNK_EXTENSION = 256;
    /// Largest extensions of a message, in bytes.
    static final int MAX_EXTENSIONS = 4096;
    /// Largest trailer section, in bytes.
    static final int MAX_TRAILERS = 8192;

    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");

    private final HeadWriter literal = new HeadWriter(24);
    private State state = State.IDLE;
    private boolean keepFraming;
    private boolean refuseForbidden;
    private long remaining;
    private int digits;
    private boolean quoted;
    private boolean escaped;
    private int extension;
    private int extensions;
    private int trailers;
    private int lineLength;
    private byte[] line = new byte[64];
    private boolean canonical;
    private long declared;
    private long limit = Long.MAX_VALUE;
    private @Nullable Fault fault;

    /// Begins a body of `length` bytes, more than 0.
    public void counted(long length) {
        begin(State.COUNTED);
        remaining = length;
    }

    /// Begins a body that ends with the connection.
    public void untilClose() {
        begin(State.UNTIL_CLOSE);
    }

    /// Begins the body of a response that has one.
    public void response(long length) {
        if (length == ResponseHead.CHUNKED) {
            chunked(false, false);
        } else if (length == ResponseHead.UNTIL_CLOSE) {
            untilClose();
        } else {
            counted(length);
        }
    }

    /// Begins a chunked body.
    ///
    /// @param framing
    ///            whether its framing is handed on with it
    /// @param strictTrailers
    ///            whether trailer fields that must not stand there are refused rather than dropped
    public void chunked(boolean framing, boolean strictTrailers) {
        begin(State.SIZE);
        keepFraming = framing;
        refuseForbidden = strictTrailers;
        remaining = 0;
        declared = 0;
        limit = Long.MAX_VALUE;
        digits = 0;
        extension = 0;
        extensions = 0;
        trailers = 0;
        lineLength = 0;
        canonical = true;
    }

    /// Whether framing is handed on from here on. Only before the first byte of a chunked body.
    public void keepFraming(boolean framing) {
        keepFraming = framing;
    }

    /// Refuses a chunked body as soon as the sizes of its chunks come to more than this, without waiting for the data.
    public void limit(long maxBytes) {
        limit = maxBytes;
    }

    private void begin(State first) {
        state = first;
        fault = null;
    }

    /// Ends whatever was begun.
    public void reset() {
        state = State.IDLE;
        fault = null;
    }

    /// Whether a body has been begun and is not complete.
    public boolean isActive() {
        return state != State.IDLE && state != State.DONE;
    }

    /// Whether more of what was begun has to come: not so between two chunks, and before a body's end by
    /// the connection's.
    public boolean isInData() {
        return state == State.COUNTED || state == State.DATA;
    }

    /// Why the body is refused, or null.
    public @Nullable Fault fault() {
        return fault;
    }

    /// Whether the end of the connection completes the body.
    public boolean endsWithConnection() {
        return state == State.UNTIL_CLOSE;
    }

    /// Reads on, until the body is complete, refused, or `in` is used up; the reader index moves accordingly.
    public void decode(ByteBuf in, BodySink sink) {
        int readable = in.readableBytes();
        if (readable == 0) {
            return;
        }
        int start = in.readerIndex();
        switch (state) {
            case COUNTED -> {
                int count = (int) Math.min(readable, remaining);
                remaining -= count;
                in.readerIndex(start + count);
                sink.range(in, start, count, count);
                // The sink may have ended this body.
                if (remaining == 0 && state == State.COUNTED) {
                    state = State.DONE;
                    sink.end();
                }
            }
            case UNTIL_CLOSE -> {
                in.readerIndex(start + readable);
                sink.range(in, start, readable, readable);
            }
            case IDLE, DONE -> throw new IllegalStateException("no body was begun");
            default -> chunks(in, sink);
        }
    }

    // Position of the run that is handed on as it is, within one call: where it begins, and where the chunk line in
    // progress begins. Everything before the chunk line may be handed on.
    private int run;
    private int element;
    private int runData;

    private void chunks(ByteBuf in, BodySink sink) {
        int i = in.readerIndex();
        int end = in.writerIndex();
        run = i;
        runData = 0;
        // A chunk line that began in an earlier buffer can't be handed on as a range of this one.
        boolean fresh = state == State.SIZE && digits == 0;
        element = fresh ? i : -1;
        canonical &= fresh || isData();
        if (!fresh && !isData()) {
            run = -1;
        }
        while (i < end && state != State.DONE && fault == null) {
            if (state == State.DATA) {
                int count = (int) Math.min(end - i, remaining);
                if (!keepFraming) {
                    in.readerIndex(i + count);
                    sink.range(in, i, count, count);
                    if (state != State.DATA) {
                        // The sink has ended this body.
                        return;
                    }
                } else {
                    if (run < 0) {
                        run = i;
                    }
                    runData += count;
                }
                i += count;
                remaining -= count;
                if (remaining == 0) {
                    state = State.DATA_CR;
                }
                if (!isActive()) {
                    return;
                }
                continue;
            }
            fault = step(in.getByte(i), i, in, sink);
            i++;
        }
        in.readerIndex(fault == null ? i : end);
        if (fault == null && state != State.IDLE) {
            finishCall(in, i, sink);
        }
    }

    private boolean isData() {
        return state == State.DATA || state == State.DATA_CR || state == State.DATA_LF;
    }

    private void finishCall(ByteBuf in, int i, BodySink sink) {
        if (keepFraming && state != State.DONE) {
            int stop = isData() ? i : element;
            flushRun(in, stop, sink);
        } else if (state == State.DONE) {
            if (keepFraming) {
                if (canonical && element >= 0) {
                    flushRun(in, i, sink);
                } else {
                    flushRun(in, element, sink);
                    sink.literal(LAST_CHUNK, 0, LAST_CHUNK.length);
                }
            }
            sink.end();
        }
    }

    private void flushRun(ByteBuf in, int stop, BodySink sink) {
        if (run >= 0 && stop > run) {
            sink.range(in, run, stop - run, runData);
        }
        run = -1;
        runData = 0;
    }

    private @Nullable Fault step(byte b, int at, ByteBuf in, BodySink sink) {
        switch (state) {
            case SIZE -> {
                return size(b, at);
            }
            case EXTENSION -> {
                return extension(b);
            }
            case SIZE_LF -> {
                return b == '\n' ? endOfSize(at, in, sink) : Fault.CHUNK_LINE;
            }
            case DATA_CR -> {
                if (keepFraming && run < 0) {
                    run = at;
                }
                state = State.DATA_LF;
                return b == '\r' ? null : b == '\n' ? Fault.CHUNK_LINE : Fault.CHUNK_DATA;
            }
            case DATA_LF -> {
                if (keepFraming && run < 0) {
                    run = at;
                }
                state = State.SIZE;
                digits = 0;
                extension = 0;
                canonical = true;
                element = at + 1;
                return b == '\n' ? null : Fault.CHUNK_LINE;
            }
            case TRAILER_LINE -> {
                return trailer(b);
            }
            default -> {
                return b == '\n' ? endOfTrailer() : Fault.CHUNK_LINE;
            }
        }
    }

    private @Nullable Fault size(byte b, int at) {
        int digit = Ascii.hex(b);
        if (digit >= 0) {
            if (digits == 0 && element < 0) {
                element = at;
            }
            if (++digits > 15) {
                return Fault.CHUNK_SIZE;
            }
            // A leading zero is canonical in the last chunk only.
            canonical &= !(b >= 'A' && b <= 'F') && !(digits > 1 && remaining == 0);
            remaining = remaining << 4 | digit;
            return null;
        }
        if (digits == 0) {
            return Fault.CHUNK_SIZE;
        }
        if (b == '\r') {
            state = State.SIZE_LF;
            return null;
        }
        if (b == ';') {
            state = State.EXTENSION;
            quoted = false;
            escaped = false;
            canonical = false;
            return null;
        }
        return b == '\n' ? Fault.CHUNK_LINE : Fault.CHUNK_SIZE;
    }

    private @Nullable Fault extension(byte b) {
        if (b == '\r' && !quoted) {
            state = State.SIZE_LF;
            return null;
        }
        if ((b < 0x20 && b >= 0 && b != '\t') || b == 0x7F) {
            return Fault.CHUNK_LINE;
        }
        if (escaped) {
            escaped = false;
        } else if (quoted && b == '\\') {
            escaped = true;
        } else if (b == '"') {
            quoted = !quoted;
        }
        return ++extension > MAX_CHUNK_EXTENSION || ++extensions > MAX_EXTENSIONS ? Fault.CHUNK_EXT_SIZE : null;
    }

    private @Nullable Fault endOfSize(int at, ByteBuf in, BodySink sink) {
        if (remaining == 0) {
            canonical &= digits == 1;
            state = State.TRAILER_LINE;
            lineLength = 0;
            return null;
        }
        declared += remaining;
        if (declared < 0 || declared > limit) {
            return Fault.BODY_TOO_LARGE;
        }
        state = State.DATA;
        if (keepFraming && !(canonical && element >= 0)) {
            flushRun(in, element, sink);
            literal.clear();
            literal.hex(remaining);
            literal.crlf();
            sink.literal(literal.array(), 0, literal.length());
            run = at + 1;
        }
        element = -1;
        return null;
    }

    private @Nullable Fault trailer(byte b) {
        if (b == '\r') {
            state = State.TRAILER_LF;
            return null;
        }
        if ((b < 0x20 && b >= 0 && b != '\t') || b == 0x7F) {
            return Fault.CHUNK_LINE;
        }
        if (++trailers > MAX_TRAILERS) {
            return Fault.TRAILER_SIZE;
        }
        canonical = false;
        // Only the name is looked at; no name that matters is longer.
        if (lineLength < line.length) {
            line[lineLength] = b;
        }
        lineLength++;
        return null;
    }

    private @Nullable Fault endOfTrailer() {
        if (lineLength == 0) {
            state = State.DONE;
            return null;
        }
        int colon = 0;
        int known = Math.min(lineLength, line.length);
        while (colon < known && Ascii.isToken(line[colon])) {
            colon++;
        }
        boolean longName = colon == line.length;
        if (colon == 0 || (!longName && (colon == known || line[colon] != ':'))) {
            return Fault.CHUNK_LINE;
        }
        KnownHeader header = KnownHeader.find(line, 0, colon);
        if (refuseForbidden && header != null && header.protectedFromConnection()) {
            return Fault.TRAILER_FORBIDDEN;
        }
        state = State.TRAILER_LINE;
        lineLength = 0;
        return null;
    }
}
