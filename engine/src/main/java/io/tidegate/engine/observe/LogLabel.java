package io.tidegate.engine.observe;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A text that many lines of the access log share (the name of a route, the address of a client), escaped once.
public final class LogLabel {

    /// Longest text in bytes of UTF-8; what is longer is cut.
    static final int MAX_BYTES = 128;

    private final byte[] json;
    private final byte[] text;

    private LogLabel(byte[] json, byte[] text) {
        this.json = json;
        this.text = text;
    }

    /// The label for `text`.
    public static LogLabel of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new LogLabel(escape(bytes, LineStyle.JSON), escape(bytes, LineStyle.TEXT));
    }

    private static byte[] escape(byte[] bytes, LineStyle style) {
        Line line = new Line(style);
        line.use(new byte[MAX_BYTES * Line.MAX_ESCAPE + Long.BYTES], 0);
        line.escaped(bytes, 0, Math.min(bytes.length, MAX_BYTES));
        return Arrays.copyOf(line.bytes(), line.end());
    }

    byte[] bytes(LineStyle style) {
        return style == LineStyle.JSON ? json : text;
    }
}
