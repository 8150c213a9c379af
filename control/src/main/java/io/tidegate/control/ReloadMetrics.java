package io.tidegate.control;

import io.tidegate.control.Status.Last;

/// What the control plane measures of itself, in Prometheus' text format.
final class ReloadMetrics {

    private ReloadMetrics() {
    }

    static String text(Status status) {
        Status.Counts counts = status.counts();
        Last last = status.last();
        return """
                # HELP tidegate_config_reloads_total Configurations loaded, by what came of them.
                # TYPE tidegate_config_reloads_total counter
                tidegate_config_reloads_total{result="applied"} %d
                tidegate_config_reloads_total{result="unchanged"} %d
                tidegate_config_reloads_total{result="rejected"} %d
                # HELP tidegate_config_last_reload_success Whether the configuration loaded last is in place.
                # TYPE tidegate_config_last_reload_success gauge
                tidegate_config_last_reload_success %d
                # HELP tidegate_config_last_reload_timestamp_seconds When a configuration was loaded last.
                # TYPE tidegate_config_last_reload_timestamp_seconds gauge
                tidegate_config_last_reload_timestamp_seconds %d
                # HELP tidegate_config_revision Revision of the running configuration, 0 before the first.
                # TYPE tidegate_config_revision gauge
                tidegate_config_revision %d
                """.formatted(counts.applied(), counts.unchanged(), counts.rejected(),
                last == null || status.rejected() ? 0 : 1, last == null ? 0 : last.time().getEpochSecond(),
                status.revision());
    }
}
