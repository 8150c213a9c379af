package io.tidegate.engine.exchange;

import io.tidegate.api.Fault;
import io.tidegate.engine.observe.AccessLane;
import io.tidegate.engine.observe.AccessLog;
import io.tidegate.engine.observe.LogLabel;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.observe.RouteCells;
import io.tidegate.engine.observe.SecretParameters;
import io.tidegate.engine.observe.WorkerCells;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// Where exchanges are counted and logged.
///
/// @param metrics
///            everything that is measured
/// @param log
///            one line per exchange
/// @param secrets
///            parameters of queries that are left out there
public record Telemetry(Metrics metrics, AccessLog log, SecretParameters secrets) {

    /// Counts and logs an exchange that is over.
    void count(Worker worker, ExchangeRecord record, @Nullable Route route, LogLabel listener) {
        RouteCells cells = route == null ? metrics.unrouted(worker.index()) : route.cells(worker);
        cells.request(record.status, record.durationNanos(), record.requestBytes, record.responseBytes);
        if (record.grpc != null) {
            cells.call(record.grpc);
        }
        if (record.fallback()) {
            cells.fallback();
        }
        WorkerCells counts = metrics.worker(worker.index());
        if (record.droppedAliases() > 0) {
            counts.aliasesDropped(record.droppedAliases());
        }
        Fault fault = record.fault;
        if (fault != null) {
            counts.fault(fault);
            if (record.rejected) {
                counts.rejected(fault);
            }
        }
        AccessLane lane = log.lane(worker.index());
        if (lane.isOn()) {
            record.listener = listener;
            record.secrets = secrets;
            lane.log(record);
        }
    }
}
