package io.tidegate.engine.observe;

import java.io.IOException;

/// How reloads of the configuration went. Written by whoever applies configurations, one at a time.
public final class ConfigReloads {

    private long revision;
    private long failures;
    private boolean lastSuccessful;
    private double lastSuccess;

    ConfigReloads() {
    }

    /// A configuration was put in place.
    ///
    /// @param revision
    ///            counts the configurations put in place
    /// @param epochMillis
    ///            when, in milliseconds since 1970
    public synchronized void applied(long revision, long epochMillis) {
        this.revision = revision;
        lastSuccessful = true;
        lastSuccess = epochMillis / 1e3;
    }

    /// A configuration was refused; the one before it, if any, runs on.
    public synchronized void refused() {
        failures++;
        lastSuccessful = false;
    }

    synchronized void writeTo(PrometheusWriter out) throws IOException {
        out.family("tidegate_config_revision", SeriesType.GAUGE,
                "Counts the configurations put in place; 0 before the first.");
        out.sample("tidegate_config_revision", "", revision);
        out.family("tidegate_config_last_reload_successful", SeriesType.GAUGE,
                "Whether the last configuration given was put in place.");
        out.sample("tidegate_config_last_reload_successful", "", lastSuccessful ? 1 : 0);
        out.family("tidegate_config_last_reload_success_timestamp_seconds", SeriesType.GAUGE,
                "When a configuration was last put in place; 0 before the first.");
        out.sample("tidegate_config_last_reload_success_timestamp_seconds", "", lastSuccess);
        out.family("tidegate_config_reload_failures_total", SeriesType.COUNTER,
                "Configurations that were refused.");
        out.sample("tidegate_config_reload_failures_total", "", failures);
    }
}
