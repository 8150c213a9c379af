package io.tidegate.engine.exchange;

import io.tidegate.engine.observe.AccessLane;
import io.tidegate.engine.observe.AccessLog;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.observe.RouteCells;
import io.tidegate.engine.observe.WorkerCells;
import io.tidegate.engine.worker.Worker;

/// Where exchanges are counted and logged.
///
/// @param metrics
///            everything that is measured
/// @param log
///            one line per exchange
public record Telemetry(Metrics metrics, AccessLog log) {

    AccessLane lane(Worker worker) {
        return log.lane(worker.index());
    }

    WorkerCells cells(Worker worker) {
        return metrics.worker(worker.index());
    }

    RouteCells unrouted(Worker worker) {
        return metrics.unrouted(worker.index());
    }
}
