package io.tidegate.acme;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What is measured of certificates, in Prometheus' text format.
final class AcmeMetrics {

    private AcmeMetrics() {
    }

    /// Lines for these names; empty for none.
    static String of(List<NameStatus> all) {
        if (all.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder(512);
        series(text, "tidegate_acme_last_success_seconds", "gauge",
                "When the certificate of a name was put into the store, in seconds since 1970; 0 where there is none.",
                all, status -> seconds(status.obtained()));
        series(text, "tidegate_acme_next_attempt_seconds", "gauge",
                "When a certificate for a name is asked for next, in seconds since 1970.", all,
                status -> seconds(status.next()));
        series(text, "tidegate_acme_failures_total", "counter",
                "Attempts of this process to get a certificate for a name that failed.", all,
                status -> Long.toString(status.failures()));
        return text.toString();
    }

    private static String seconds(@Nullable Instant time) {
        return time == null ? "0" : Long.toString(Math.max(0, time.getEpochSecond()));
    }

    private static void series(StringBuilder text, String name, String type, String help, List<NameStatus> all,
            Function<NameStatus, String> value) {
        text.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ')
                .append(type).append('\n');
        for (NameStatus status : all) {
            // A host name has nothing in it that would have to be escaped.
            text.append(name).append("{name=\"").append(status.name()).append("\"} ").append(value.apply(status))
                    .append('\n');
        }
    }
}
