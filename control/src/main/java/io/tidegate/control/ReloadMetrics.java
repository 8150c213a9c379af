package io.tidegate.control;

import io.tidegate.control.Status.Last;

/// What the control plane measures of itself, in Prometheus' text format.
final class ReloadMetrics {

    private final StringBuilder out;
    private final String others;

    private ReloadMetrics(String others) {
        this.others = others;
        this.out = new StringBuilder(others);
        if (!others.isEmpty() && !others.endsWith("\n")) {
            out.append('\n');
        }
    }

    /// The measurements of the gateway, and those of the control plane after them. A name may stand in the format once
    /// only, so what the gateway tells already is not told again.
    static String appendedTo(String gateway, Status status) {
        Status.Counts counts = status.counts();
        Last last = status.last();
        ReloadMetrics metrics = new ReloadMetrics(gateway);
        metrics.family("tidegate_config_reloads_total", "counter", "Configurations loaded, by what came of them.",
                "{result=\"applied\"} " + counts.applied(), "{result=\"unchanged\"} " + counts.unchanged(),
                "{result=\"rejected\"} " + counts.rejected());
        metrics.family("tidegate_config_last_reload_success", "gauge",
                "Whether the configuration loaded last is in place.",
                last == null || status.rejected() ? " 0" : " 1");
        metrics.family("tidegate_config_last_reload_timestamp_seconds", "gauge",
                "When a configuration was loaded last; 0 before the first.",
                " " + (last == null ? 0 : last.time().getEpochSecond()));
        metrics.family("tidegate_config_revision", "gauge",
                "Counts the configurations put in place; 0 before the first.", " " + status.revision());
        return metrics.out.toString();
    }

    private void family(String name, String type, String help, String... samples) {
        if (others.contains("# TYPE " + name + " ")) {
            return;
        }
        out.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ')
                .append(type).append('\n');
        for (String sample : samples) {
            out.append(name).append(sample).append('\n');
        }
    }
}
