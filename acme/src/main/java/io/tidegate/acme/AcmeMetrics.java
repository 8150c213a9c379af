package io.tidegate.acme;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What is measured of certificates, in Prometheus' text format.
final class AcmeMetrics {

    private AcmeMetrics() {
    }

    /// Lines for these names; empty for none where all is well.
    ///
    /// @param up
    ///            whether all stores can be used
    static String of(List<NameStatus> all, boolean up) {
        StringBuilder text = new StringBuilder(512);
        if (!all.isEmpty()) {
            names(text, all);
        } else if (up) {
            return "";
        }
        text.append(
                """
                        # HELP tidegate_acme_store_up 1 where the store of certificates could be used when it was looked at last.
                        # TYPE tidegate_acme_store_up gauge
                        tidegate_acme_store_up\s""")
                .append(up ? 1 : 0).append('\n');
        return text.toString();
    }

    private static void names(StringBuilder text, List<NameStatus> all) {
        series(text, "tidegate_acme_last_success_seconds", "gauge",
                "When the certificate of a name was put into the store, in seconds since 1970; 0 where there is none.",
                all, status -> seconds(status.obtained()));
        series(text, "tidegate_acme_next_attempt_seconds", "gauge",
                "When a certificate for a name is asked for next, in seconds since 1970.", all,
                status -> seconds(status.next()));
        series(text, "tidegate_acme_failures_total", "counter",
                "Attempts of this process to get a certificate for a name that failed.", all,
                status -> Long.toString(status.failures()));
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
