package io.tidegate.engine.upstream;

import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// The head of a response that is being received, lent by the worker; none is held between responses.
final class LentHead {

    private final Worker worker;
    private @Nullable ResponseHead head;

    LentHead(Worker worker) {
        this.worker = worker;
    }

    /// The head, empty where none was held.
    ResponseHead take() {
        ResponseHead taken = head;
        if (taken == null) {
            taken = worker.takeResponseHead();
            head = taken;
        }
        return taken;
    }

    /// Holds none any more.
    void giveBack() {
        ResponseHead done = head;
        if (done != null) {
            head = null;
            worker.giveBack(done);
        }
    }
}
