package io.tidegate.engine.server;

import io.tidegate.engine.worker.Worker;

/// A connection of a client, whatever protocol it speaks.
interface ServerConnection {

    /// The worker whose loop it is on.
    Worker worker();

    /// Takes no new requests, and closes once the last one is answered. On its loop.
    void drain();

    /// Closes at once, whatever runs. On its loop.
    void cut();
}
