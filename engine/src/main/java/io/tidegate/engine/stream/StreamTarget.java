package io.tidegate.engine.stream;

import io.tidegate.engine.observe.StreamCells;
import io.tidegate.engine.upstream.Upstream;
import io.tidegate.engine.worker.Worker;
import java.util.List;

/// Where connections of a listener go.
///
/// @param upstream
///            the service
/// @param cells
///            where they are counted, by worker
public record StreamTarget(Upstream upstream, List<StreamCells> cells) {

    /// Where those of one worker are counted.
    public StreamCells cells(Worker worker) {
        return cells.get(worker.index());
    }
}
