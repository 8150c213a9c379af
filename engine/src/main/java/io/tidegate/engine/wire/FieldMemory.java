package io.tidegate.engine.wire;

import io.netty.util.AsciiString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The lines of heads that went out lately, as names and values: most lines of most responses are the same, and are not
/// made anew for each. Bounded; a line takes the place of another by its hash. One per event loop.
///
/// What is kept here is shared by all clients of the loop, and only ever compared as a whole line: nothing tells a
/// client what another's lines were.
public final class FieldMemory {

    private static final int PLACES = 256;
    private static final int LONGEST = 256;

    private final @Nullable Line[] lines = new @Nullable Line[PLACES];

    /// Remembers nothing.
    public FieldMemory() {
        // It learns.
    }

    private static final class Line {

        private final byte[] text;
        private final AsciiString name;
        private final AsciiString value;

        Line(byte[] bytes, int start, int colon, int end) {
            text = Arrays.copyOfRange(bytes, start, end);
            name = name(bytes, start, colon);
            value = value(bytes, colon, end);
        }

        boolean is(byte[] bytes, int start, int end) {
            return Arrays.equals(text, 0, text.length, bytes, start, end);
        }
    }

    /// Adds the field that a line of HTTP/1.1 holds to `fields`, its name in lower case.
    ///
    /// @param start
    ///            where the name begins
    /// @param colon
    ///            where it ends; a colon and a space come before the value
    /// @param end
    ///            where the value ends
    void add(HeadFields fields, byte[] bytes, int start, int colon, int end) {
        if (end - start > LONGEST) {
            fields.put(name(bytes, start, colon), value(bytes, colon, end));
            return;
        }
        int hash = 0;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + bytes[i];
        }
        int place = (hash ^ hash >>> 16) & PLACES - 1;
        Line line = lines[place];
        if (line == null || !line.is(bytes, start, end)) {
            line = new Line(bytes, start, colon, end);
            lines[place] = line;
        }
        fields.put(line.name, line.value);
    }

    private static AsciiString name(byte[] bytes, int start, int colon) {
        return new AsciiString(bytes, start, colon - start, true).toLowerCase();
    }

    private static AsciiString value(byte[] bytes, int colon, int end) {
        return new AsciiString(bytes, colon + 2, end - colon - 2, true);
    }
}
