package io.tidegate.engine;

import io.tidegate.config.ProcessConfig;
import java.util.ArrayList;
import java.util.List;

/// The keys that count from the next start on only.
final class RestartKeys {

    private RestartKeys() {
    }

    /// Those that say something else than when the process started.
    static List<String> changed(ProcessConfig process, ProcessConfig next) {
        List<String> waiting = new ArrayList<>();
        if (!next.workers().equals(process.workers())) {
            waiting.add("gateway.workers");
        }
        if (next.transport() != process.transport()) {
            waiting.add("gateway.transport");
        }
        if (!next.maxConnections().equals(process.maxConnections())) {
            waiting.add("gateway.maxConnections");
        }
        return waiting;
    }
}
