package io.tidegate.engine.wire;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The head of a message: the received bytes and an index of the header fields in them, with an overlay of what was
/// removed and added since. Reused from message to message; nothing is allocated for a plain one.
public abstract class MessageHead {

    /// Size to which the byte array shrinks back after a large message.
    private static final int KEPT_BYTES = 4096;

    private static final int STRIDE = 4;

    /// The field is as re-serialising it would write it: `name: value`, CR LF.
    static final byte CANONICAL = 1;
    /// The field is not forwarded: by its nature, or because somebody removed it.
    static final byte DROPPED = 2;
    /// The field is hidden from policies too.
    static final byte REMOVED = 4;

    byte[] bytes = new byte[1024];
    int length;
    int scan;
    int lineStart;
    int count;
    int[] index = new int[32 * STRIDE];
    byte[] flags = new byte[32];
    @Nullable
    KnownHeader[] known = new KnownHeader[32];
    long seen;
    long seenTwice;
    boolean startLineRead;
    boolean complete;
    int end;
    @Nullable
    Fault fault;
    private @Nullable List<AddedField> added;
    boolean changed;

    /// A field that was not received.
    record AddedField(String name, String value) {
    }

    /// Makes it ready for another message.
    public void reset() {
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[KEPT_BYTES];
        }
        length = 0;
        scan = 0;
        lineStart = 0;
        count = 0;
        seen = 0;
        seenTwice = 0;
        startLineRead = false;
        complete = false;
        end = 0;
        fault = null;
        changed = false;
        if (added != null) {
            added.clear();
        }
    }

    /// Copies what was received behind what is here, up to `limit` bytes in all. Does not move the reader index.
    ///
    /// @return number of bytes copied
    int append(ByteBuf in, int from, int limit) {
        int count = Math.min(in.writerIndex() - from, limit - length);
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
        }
        in.getBytes(from, bytes, length, count);
        length += count;
        return count;
    }

    /// Copies text behind what is here.
    void append(byte[] text, int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
        }
        System.arraycopy(text, 0, bytes, length, count);
        length += count;
    }

    void addField(int nameStart, int nameEnd, int valueStart, int valueEnd, int lineEnd) {
        if (count == flags.length) {
            index = Arrays.copyOf(index, index.length * 2);
            flags = Arrays.copyOf(flags, flags.length * 2);
            known = Arrays.copyOf(known, known.length * 2);
        }
        int at = count * STRIDE;
        index[at] = nameStart;
        index[at + 1] = nameEnd;
        index[at + 2] = valueStart;
        index[at + 3] = valueEnd;
        boolean canonical = valueEnd == lineEnd && valueStart == nameEnd + 2 && bytes[nameEnd + 1] == ' ';
        flags[count] = canonical ? CANONICAL : 0;
        KnownHeader header = KnownHeader.find(bytes, nameStart, nameEnd);
        known[count] = header;
        if (header != null) {
            long bit = 1L << header.ordinal();
            seenTwice |= seen & bit;
            seen |= bit;
        }
        count++;
    }

    /// Whether a field of this name was received.
    public boolean has(KnownHeader header) {
        return (seen & 1L << header.ordinal()) != 0;
    }

    /// Whether a field of this name was received more than once.
    public boolean hasTwice(KnownHeader header) {
        return (seenTwice & 1L << header.ordinal()) != 0;
    }

    /// Index of the first received field of this name, -1 for none.
    public int find(KnownHeader header) {
        if (has(header)) {
            for (int i = 0; i < count; i++) {
                if (known[i] == header) {
                    return i;
                }
            }
        }
        return -1;
    }

    /// Whether field `i` is of this name.
    public boolean is(int i, KnownHeader header) {
        return known[i] == header;
    }

    /// The bytes that the ranges of this head are in.
    public byte[] bytes() {
        return bytes;
    }

    /// Number of received header fields.
    public int fieldCount() {
        return count;
    }

    /// Where the name of field `i` begins.
    public int nameStart(int i) {
        return index[i * STRIDE];
    }

    /// Where the name of field `i` ends.
    public int nameEnd(int i) {
        return index[i * STRIDE + 1];
    }

    /// Where the value of field `i` begins.
    public int valueStart(int i) {
        return index[i * STRIDE + 2];
    }

    /// Where the value of field `i` ends.
    public int valueEnd(int i) {
        return index[i * STRIDE + 3];
    }

    /// Whether the head has arrived whole and is well formed.
    public boolean isComplete() {
        return complete;
    }

    /// Why it is refused, or null.
    public @Nullable Fault fault() {
        return fault;
    }

    /// Number of bytes copied from the connection so far.
    public int length() {
        return length;
    }

    /// Length of the complete head in received bytes.
    public int end() {
        return end;
    }

    /// Whether field `i` is shown to policies: it was not removed, and it is not one that a client has no business
    /// sending.
    public boolean isVisible(int i) {
        KnownHeader header = known[i];
        return (flags[i] & REMOVED) == 0
                && ((flags[i] & DROPPED) == 0 || header == null || !header.hiddenWhereDropped());
    }

    boolean isForwarded(int i) {
        return (flags[i] & (DROPPED | REMOVED)) == 0;
    }

    /// Keeps field `i` from being forwarded.
    public void drop(int i) {
        flags[i] |= DROPPED;
    }

    /// Keeps every received field of this name from being forwarded.
    public void drop(KnownHeader header) {
        if (has(header)) {
            for (int i = 0; i < count; i++) {
                if (known[i] == header) {
                    flags[i] |= DROPPED;
                    changed = true;
                }
            }
        }
    }

    /// Whether fields were added to those received.
    public boolean hasAdded() {
        return added != null && !added.isEmpty();
    }

    /// Whether a field of this name was added to those received.
    public boolean hasAdded(String name) {
        if (added != null) {
            for (AddedField field : added) {
                if (field.name().equalsIgnoreCase(name)) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Adds a field to those received. The caller answers for its syntax.
    public void add(String name, String value) {
        addAddedField(name, value);
    }

    /// Takes over everything from another head, so that the other one can be used again.
    void copyFrom(MessageHead other) {
        if (bytes.length < other.length) {
            bytes = new byte[other.length];
        }
        System.arraycopy(other.bytes, 0, bytes, 0, other.length);
        length = other.length;
        end = other.end;
        count = other.count;
        index = other.index.clone();
        flags = other.flags.clone();
        known = other.known.clone();
        seen = other.seen;
        seenTwice = other.seenTwice;
        startLineRead = true;
        complete = other.complete;
        fault = other.fault;
        changed = true;
        added = other.added == null ? null : new ArrayList<>(other.added);
    }

    void removeField(int i) {
        flags[i] |= REMOVED;
        changed = true;
    }

    void addAddedField(String name, String value) {
        if (added == null) {
            added = new ArrayList<>(4);
        }
        added.add(new AddedField(name, value));
        changed = true;
    }

    List<AddedField> added() {
        return added == null ? List.of() : added;
    }

    void removeAdded(String name) {
        if (added != null) {
            added.removeIf(field -> field.name().equalsIgnoreCase(name));
        }
    }

    /// Drops every field that the value of a `Connection` field names (RFC 9110 §7.6.1).
    ///
    /// @return the fault where it names what must not be removed, else null
    @Nullable
    Fault dropNominated(int connection) {
        int i = valueStart(connection);
        int stop = valueEnd(connection);
        while (i < stop) {
            while (i < stop && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == ',')) {
                i++;
            }
            int start = i;
            while (i < stop && bytes[i] != ',' && bytes[i] != ' ' && bytes[i] != '\t') {
                i++;
            }
            if (i > start) {
                KnownHeader header = KnownHeader.find(bytes, start, i);
                if (header != null && header.protectedFromConnection()) {
                    return Fault.HEADER_HOP;
                }
                for (int f = 0; f < count; f++) {
                    if (Ascii.equalsIgnoreCase(bytes, nameStart(f), nameEnd(f), bytes, start, i)) {
                        flags[f] |= REMOVED;
                    }
                }
            }
        }
        return null;
    }

    /// Whether a comma-separated value holds this token, without regard to case.
    boolean valueHasToken(int field, byte[] lowerCase) {
        int i = valueStart(field);
        int stop = valueEnd(field);
        while (i < stop) {
            int comma = i;
            while (comma < stop && bytes[comma] != ',') {
                comma++;
            }
            int from = i;
            int to = comma;
            while (from < to && (bytes[from] == ' ' || bytes[from] == '\t')) {
                from++;
            }
            while (to > from && (bytes[to - 1] == ' ' || bytes[to - 1] == '\t')) {
                to--;
            }
            if (Ascii.equalsIgnoreCase(bytes, from, to, lowerCase)) {
                return true;
            }
            i = comma + 1;
        }
        return false;
    }

    /// Writes the fields that are forwarded: runs of canonical lines as they came, the others anew.
    void writeFields(HeadWriter out) {
        int runStart = -1;
        int runEnd = -1;
        for (int i = 0; i < count; i++) {
            int start = index[i * STRIDE];
            if (flags[i] == CANONICAL) {
                if (runEnd != start) {
                    if (runStart >= 0) {
                        out.bytes(bytes, runStart, runEnd);
                    }
                    runStart = start;
                }
                runEnd = index[i * STRIDE + 3] + 2;
            } else if ((flags[i] & (DROPPED | REMOVED)) == 0) {
                out.bytes(bytes, runStart < 0 ? 0 : runStart, runStart < 0 ? 0 : runEnd);
                runStart = -1;
                runEnd = -1;
                out.bytes(bytes, start, nameEnd(i));
                out.colon();
                out.bytes(bytes, valueStart(i), valueEnd(i));
                out.crlf();
            }
        }
        if (runStart >= 0) {
            out.bytes(bytes, runStart, runEnd);
        }
        if (added != null && !added.isEmpty()) {
            for (AddedField field : added) {
                out.text(field.name());
                out.colon();
                out.text(field.value());
                out.crlf();
            }
        }
    }
}
