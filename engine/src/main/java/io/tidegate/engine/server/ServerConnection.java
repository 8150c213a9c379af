package io.tidegate.engine.server;

/// A connection of a client, whatever protocol it speaks.
interface ServerConnection {

    /// What holds for it.
    ConnectionTerms terms();

    /// Takes no new requests, and closes once the last one is answered. On its loop.
    void drain();

    /// Closes at once, whatever runs. On its loop.
    void cut();
}
