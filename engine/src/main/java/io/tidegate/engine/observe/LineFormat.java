package io.tidegate.engine.observe;

/// Writes lines of the access log. Belongs to one event loop.
abstract class LineFormat {

    static final int MAX_METHOD = 32;
    static final int MAX_PROTOCOL = 16;
    static final int MAX_CODE = 64;
    static final int MAX_HOST = 255;
    static final int MAX_TARGET = 1024;
    static final int MAX_USER_AGENT = 256;
    static final int MAX_PREFIX = 64;

    final ByteSpan span = new ByteSpan();
    final TimeText time = new TimeText();
    final Line line;

    LineFormat(LineStyle style) {
        line = new Line(style);
    }

    /// Writes one line, its end included, into `to` from `start` on, and answers where it ends. There must be room for
    /// [Line#MAX] bytes.
    final int write(AccessRecord record, long epochMillis, byte[] to, int start) {
        line.use(to, start);
        write(record, epochMillis);
        line.one('\n');
        span.clear();
        return line.end();
    }

    abstract void write(AccessRecord record, long epochMillis);
}
