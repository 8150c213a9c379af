package io.tidegate.engine.wire;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import org.jspecify.annotations.Nullable;

/// Reads heads line by line (RFC 9112 §2.2, §5), strictly: a line ends with CR LF and nothing else, no line is folded,
/// names are tokens, values hold no control characters. What arrives in pieces is never looked at twice, and a line
/// that can't be right is refused before its end is here.
public abstract class HeadParser {

    /// Bytes copied at first: most heads are smaller, so that little of a body behind one is copied with it.
    private static final int FIRST_COPY = 2048;

    private final int maxBytes;
    private final int maxFields;
    private final Fault tooLarge;
    private final Fault tooMany;

    HeadParser(int maxBytes, int maxFields, Fault tooLarge, Fault tooMany) {
        this.maxBytes = maxBytes;
        this.maxFields = maxFields;
        this.tooLarge = tooLarge;
        this.tooMany = tooMany;
    }

    /// Reads on. Afterwards the head is complete, has a fault, or wants more bytes. The reader index of `in` has moved
    /// behind what belongs to the head.
    ///
    /// @return whether the head is complete and well formed
    boolean parse(MessageHead head, ByteBuf in) {
        int from = in.readerIndex();
        int step = FIRST_COPY;
        while (from < in.writerIndex()) {
            int before = head.length;
            int limit = Math.min(maxBytes, before + step);
            from += head.append(in, from, limit);
            readLines(head);
            if (head.complete) {
                // Of what was copied last, the part behind the head's end is the body's.
                in.readerIndex(from - (head.length - head.end));
                return true;
            }
            if (head.fault != null) {
                in.readerIndex(in.writerIndex());
                return false;
            }
            if (head.length >= maxBytes) {
                head.fault = head.startLineRead ? tooLarge : startLineTooLong();
                in.readerIndex(in.writerIndex());
                return false;
            }
            step = maxBytes;
        }
        in.readerIndex(from);
        return false;
    }

    /// Reads a whole head, whose size somebody else has bounded.
    boolean parse(MessageHead head, byte[] text, int length) {
        head.append(text, length);
        readLines(head);
        return head.complete;
    }

    private void readLines(MessageHead head) {
        byte[] bytes = head.bytes;
        int length = head.length;
        int i = head.scan;
        while (true) {
            i = Ascii.nextControl(bytes, i, length);
            if (i == length) {
                head.scan = i;
                if (!head.startLineRead) {
                    head.fault = checkStartLineSoFar(head, i);
                }
                return;
            }
            byte b = bytes[i];
            if (b == '\t' && head.startLineRead) {
                i++;
                continue;
            }
            if (b == '\r' && i + 1 == length) {
                head.scan = i;
                return;
            }
            if (b != '\r' || bytes[i + 1] != '\n') {
                head.fault = control(head, i, b);
                return;
            }
            int lineStart = head.lineStart;
            head.lineStart = i + 2;
            Fault fault;
            if (!head.startLineRead) {
                fault = startLine(head, lineStart, i);
            } else if (lineStart == i) {
                head.end = i + 2;
                head.fault = finish(head);
                head.complete = head.fault == null;
                return;
            } else {
                fault = field(head, lineStart, i);
            }
            if (fault != null) {
                head.fault = fault;
                return;
            }
            i += 2;
        }
    }

    private Fault control(MessageHead head, int at, byte b) {
        if (b == '\n') {
            return Fault.PARSE_BARE_LF;
        }
        if (!head.startLineRead) {
            return controlInStartLine(head, at, b);
        }
        for (int i = head.lineStart; i < at; i++) {
            if (head.bytes[i] == ':') {
                return Fault.HEADER_CTL;
            }
        }
        return b == '\r' ? Fault.PARSE_BARE_CR : Fault.HEADER_NAME;
    }

    private @Nullable Fault field(MessageHead head, int start, int lineEnd) {
        byte[] bytes = head.bytes;
        byte first = bytes[start];
        if (first == ' ' || first == '\t') {
            return Fault.FRAMING_FOLD;
        }
        int nameEnd = start;
        while (nameEnd < lineEnd && Ascii.isToken(bytes[nameEnd])) {
            nameEnd++;
        }
        if (nameEnd == start || nameEnd == lineEnd || bytes[nameEnd] != ':') {
            return Fault.HEADER_NAME;
        }
        if (head.count == maxFields) {
            return tooMany;
        }
        int valueStart = nameEnd + 1;
        while (valueStart < lineEnd && (bytes[valueStart] == ' ' || bytes[valueStart] == '\t')) {
            valueStart++;
        }
        int valueEnd = lineEnd;
        while (valueEnd > valueStart && (bytes[valueEnd - 1] == ' ' || bytes[valueEnd - 1] == '\t')) {
            valueEnd--;
        }
        head.addField(start, nameEnd, valueStart, valueEnd, lineEnd);
        return null;
    }

    abstract Fault startLineTooLong();

    abstract @Nullable Fault checkStartLineSoFar(MessageHead head, int length);

    abstract Fault controlInStartLine(MessageHead head, int at, byte b);

    abstract @Nullable Fault startLine(MessageHead head, int start, int end);

    abstract @Nullable Fault finish(MessageHead head);
}
