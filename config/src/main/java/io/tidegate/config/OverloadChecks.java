package io.tidegate.config;

import io.tidegate.api.Ratio;
import java.time.Duration;

/// Checks what is said of overload: shedding has to begin before everything is shed.
final class OverloadChecks {

    /// The clocks of event loops tick every 20 ms: what is less than half of that can't be told from being on time.
    private static final Duration LEAST_LAG = Duration.ofMillis(10);
    private static final Duration MOST_LAG = Duration.ofSeconds(10);

    private final CheckContext context;

    OverloadChecks(CheckContext context) {
        this.context = context;
    }

    void run() {
        OverloadConfig overload = context.config().gateway().overload();
        if (overload.lag().compareTo(LEAST_LAG) < 0 || overload.lag().compareTo(MOST_LAG) > 0) {
            context.error("must be 10ms to 10s (was " + Durations.format(overload.lag()) + ")", "gateway", "overload",
                    "lag");
        }
        before(overload.heap(), "heap", overload.stop(), "'stop', which is ");
        before(overload.buffers(), "buffers", overload.stop(), "'stop', which is ");
        before(overload.connections(), "connections", new Ratio(1), "");
    }

    private void before(Ratio begin, String key, Ratio end, String of) {
        if (begin.value() >= end.value()) {
            context.error("must be less than " + of + end + ": what begins there goes on until then (was " + begin
                    + ")", "gateway", "overload", key);
        }
    }
}
