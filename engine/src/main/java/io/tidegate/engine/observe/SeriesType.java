package io.tidegate.engine.observe;

import java.util.Locale;

/// Kinds of families in Prometheus' text format.
enum SeriesType {
    COUNTER, GAUGE, HISTOGRAM, SUMMARY;

    private final String text = name().toLowerCase(Locale.ROOT);

    /// As it is written behind `# TYPE`.
    String text() {
        return text;
    }
}
