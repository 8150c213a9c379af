package io.tidegate.engine.observe;

import java.io.IOException;

/// Prometheus' text exposition format, version 0.0.4. Holds at most some 64 KiB before it passes them on, so that a
/// scrape of ten thousand routes needs no more memory than one of ten.
final class PrometheusWriter {

    private static final int CHUNK = 64 * 1024;

    private final Appendable out;
    private final StringBuilder buffer = new StringBuilder(CHUNK + 4096);

    PrometheusWriter(Appendable out) {
        this.out = out;
    }

    /// A label with its value escaped: `route="orders"`.
    static String label(String name, String value) {
        StringBuilder text = new StringBuilder(name.length() + value.length() + 3);
        text.append(name).append("=\"");
        escape(text, value, true);
        return text.append('"').toString();
    }

    private static void escape(StringBuilder to, String value, boolean quotes) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> to.append("\\\\");
                case '\n' -> to.append("\\n");
                case '"' -> to.append(quotes ? "\\\"" : "\"");
                default -> to.append(c);
            }
        }
    }

    /// Begins a family of series.
    void family(String name, SeriesType type, String help) {
        buffer.append("# HELP ").append(name).append(' ');
        escape(buffer, help, false);
        buffer.append("\n# TYPE ").append(name).append(' ').append(type.text()).append('\n');
    }

    /// One whole number.
    ///
    /// @param labels
    ///            escaped and joined by commas; may be empty
    void sample(String name, String labels, long value) throws IOException {
        open(name, "", labels);
        close(labels.isEmpty());
        buffer.append(value);
        end();
    }

    /// One number.
    void sample(String name, String labels, double value) throws IOException {
        open(name, "", labels);
        close(labels.isEmpty());
        number(value);
        end();
    }

    /// One whole number, with one label more, whose value needs no escaping.
    void sample(String name, String labels, String label, String labelValue, long value) throws IOException {
        open(name, "", labels);
        extra(labels, label, labelValue);
        buffer.append(value);
        end();
    }

    /// The buckets, the sum and the count of a histogram over several event loops.
    void histogram(String name, String labels, Iterable<Histogram> parts) throws IOException {
        long count = 0;
        for (int bucket = 0; bucket < Histogram.BUCKETS; bucket++) {
            for (Histogram part : parts) {
                count += part.inBucket(bucket);
            }
            open(name, "_bucket", labels);
            extra(labels, "le", Histogram.bound(bucket));
            buffer.append(count);
            end();
        }
        double sum = 0;
        for (Histogram part : parts) {
            sum += part.sumSeconds();
        }
        open(name, "_sum", labels);
        close(labels.isEmpty());
        number(sum);
        end();
        open(name, "_count", labels);
        close(labels.isEmpty());
        buffer.append(count);
        end();
    }

    private void open(String name, String suffix, String labels) {
        buffer.append(name).append(suffix);
        if (!labels.isEmpty()) {
            buffer.append('{').append(labels);
        }
    }

    private void extra(String labels, String label, String labelValue) {
        buffer.append(labels.isEmpty() ? '{' : ',').append(label).append("=\"").append(labelValue).append("\"} ");
    }

    private void close(boolean bare) {
        buffer.append(bare ? " " : "} ");
    }

    private void number(double value) {
        if (Double.isInfinite(value)) {
            buffer.append(value > 0 ? "+Inf" : "-Inf");
        } else if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            buffer.append((long) value);
        } else {
            buffer.append(value);
        }
    }

    private void end() throws IOException {
        buffer.append('\n');
        if (buffer.length() >= CHUNK) {
            flush();
        }
    }

    /// Passes on what is held.
    void flush() throws IOException {
        out.append(buffer);
        buffer.setLength(0);
    }
}
