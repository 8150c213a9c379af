package io.tidegate.engine.upstream;

import io.tidegate.engine.worker.Transport;
import io.tidegate.engine.worker.Worker;

/// Tells an answer that was there before its request, and so must not be taken for one to it, on a connection that is
/// used again.
final class EarlyAnswer {

    private final Worker worker;
    private final Runnable turnOver = this::turnOver;
    private boolean again;
    private boolean early;

    EarlyAnswer(Worker worker) {
        this.worker = worker;
    }

    /// A request is about to be sent.
    ///
    /// @param used
    ///            whether the connection has served before
    void begin(boolean used) {
        again = used;
        if (used && worker.transport() != Transport.IO_URING) {
            // What is read before the loop has looked at its sockets again was there before the request was sent.
            early = true;
            worker.loop().execute(turnOver);
        }
    }

    private void turnOver() {
        early = false;
    }

    /// Whether what is received now was sent before the request was.
    ///
    /// @param first
    ///            whether nothing of an answer has come yet
    /// @param sent
    ///            whether the request has been taken by the operating system, as far as it can't be answered before: a
    ///            body may be answered before it is sent
    boolean comes(boolean first, boolean sent) {
        // io_uring tells that a request is sent before it brings the answer.
        return early || (again && first && !sent && worker.transport() == Transport.IO_URING);
    }
}
