package io.tidegate.engine.probe;

import io.netty.channel.Channel;
import io.tidegate.api.Fault;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.health.Checking.Verdict;
import io.tidegate.engine.upstream.ClientConnection;
import io.tidegate.engine.upstream.DirectConnection;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.wire.Origin;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One check that only connects, TLS included. Confined to its event loop.
final class TcpProbe implements DirectConnection.Owner {

    private final Endpoint endpoint;
    private final Worker worker;
    private final Duration limit;
    private final Deadline deadline = new Deadline(this::late);
    private @Nullable Verdict over;

    /// @param over
    ///            takes what came of it
    TcpProbe(Endpoint endpoint, Worker worker, Duration limit, Verdict over) {
        this.endpoint = endpoint;
        this.worker = worker;
        this.limit = limit;
        this.over = over;
    }

    void start() {
        worker.deadlines().refresh();
        worker.deadlines().set(deadline, limit.toNanos());
        DirectConnection.open(endpoint, worker, new ClientConnection(Origin.ofSocket(null, null)), this);
    }

    @Override
    public void connected(Channel channel) {
        channel.close();
        end(null);
    }

    @Override
    public void connectFailed(Fault fault) {
        Verdict told = over;
        if (told != null && fault.equals(UpstreamFaults.BUSY)) {
            // The gateway itself has no connection left.
            over = null;
            worker.deadlines().remove(deadline);
            told.undecided();
        } else {
            end(fault.code());
        }
    }

    private void late() {
        end("no answer within " + limit.toMillis() + " ms");
    }

    private void end(@Nullable String failure) {
        Verdict told = over;
        if (told != null) {
            over = null;
            worker.deadlines().remove(deadline);
            told.over(failure);
        }
    }
}
