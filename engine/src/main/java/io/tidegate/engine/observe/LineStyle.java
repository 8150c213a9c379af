package io.tidegate.engine.observe;

/// How bytes are escaped in a line of the access log. Printable ASCII but for the quote and the backslash stands
/// for itself.
enum LineStyle {
    /// As in a string of JSON: the rest is written as a backslash, `u00` and two digits, the byte taken for a character
    /// of ISO-8859-1.
    JSON(' '),
    /// As in a column between spaces: the rest, and the space, is written as `\xHH`.
    TEXT('!');

    /// Least byte that stands for itself, in each of eight bytes.
    private final long floor;
    private final boolean[] plain = new boolean[256];

    LineStyle(char least) {
        floor = least * 0x0101010101010101L;
        for (int c = least; c < 0x7F; c++) {
            plain[c] = c != '"' && c != '\\';
        }
    }

    boolean isPlain(int c) {
        return plain[c];
    }

    /// Whether eight bytes all stand for themselves. Says no too often where a byte is below the floor, never yes.
    boolean isPlain(long eight) {
        long quotes = eight ^ 0x2222222222222222L;
        long backslashes = eight ^ 0x5C5C5C5C5C5C5C5CL;
        long ones = 0x0101010101010101L;
        long bad = (eight - floor) | eight | (eight + ones) | ((quotes - ones) & ~quotes)
                | ((backslashes - ones) & ~backslashes);
        return (bad & 0x8080808080808080L) == 0;
    }
}
