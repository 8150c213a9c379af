package io.tidegate.config;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;

/// What the gateway tells of itself.
@Doc("What the gateway tells of itself.")
public record TelemetryConfig(
        @Doc("Measurements in Prometheus' text format, on the admin listener.") @Default("{}") Metrics metrics,

        @Doc("One line per request.") @Default("{}") AccessLog accessLog,

        @Doc("What the gateway says about its own work, on standard error.") @Default("{}") Log log) {

    /// Measurements in Prometheus' text format.
    @Doc("Measurements in Prometheus' text format.")
    public record Metrics(
            @Doc("Path on the admin listener.") @Default("/metrics") String path) {
    }

    /// One line per request.
    @Doc("One line per request.")
    public record AccessLog(
            @Doc("`none`, `stdout`, `stderr`, or a file. A file is opened again on SIGHUP.") @Default("stdout") String to,

            @Doc("How a line is written.") @Default("json") Format format,

            @Doc("Most memory held for lines that wait to be written; what does not fit is dropped and counted.") @Default("16MiB") ByteSize buffer) {

        /// How a line is written.
        public enum Format {
            @Doc("One JSON object a line, for machines.")
            JSON, @Doc("A short line for people.")
            TEXT
        }
    }

    /// What the gateway says about its own work.
    @Doc("What the gateway says about its own work.")
    public record Log(
            @Doc("Least severity that is written. Can be changed at run time over the admin listener.") @Default("info") Level level) {

        /// Severity of a log line.
        public enum Level {
            @Doc("Only what went wrong.")
            ERROR, @Doc("Also what may go wrong.")
            WARN, @Doc("Also what changed.")
            INFO, @Doc("Also why.")
            DEBUG
        }
    }
}
