package io.tidegate.engine.server;

import io.tidegate.config.ClientTimeoutsConfig;
import io.tidegate.config.ListenerConfig;
import io.tidegate.engine.exchange.ListenerSnapshot;
import io.tidegate.engine.exchange.Peer;
import io.tidegate.engine.exchange.Snapshot;
import io.tidegate.engine.tls.TlsConnection;
import io.tidegate.engine.upstream.ClientConnection;
import io.tidegate.engine.worker.Worker;
import org.jspecify.annotations.Nullable;

/// What holds for a client connection, whatever protocol it speaks: what its listener serves at the moment, who the
/// peer is, and for how many requests and how long it lasts. Confined to its event loop.
final class ConnectionTerms {

    private final Listener listener;
    private final Worker worker;
    private final ClientConnection connection;
    private final @Nullable TlsConnection secured; // null without TLS
    private final String version;
    private final long bornAt;
    private final long ageNanos;
    private ListenerSnapshot current;
    private Peer peer;
    private int requests;

    /// The terms of a connection that begins now.
    ///
    /// @param secured
    ///            what was agreed on with the client; null without TLS
    /// @param version
    ///            of HTTP that it speaks, as [Peer] takes it
    ConnectionTerms(Listener listener, ListenerSnapshot current, Worker worker, ClientConnection connection,
            @Nullable TlsConnection secured, String version) {
        this.listener = listener;
        this.worker = worker;
        this.connection = connection;
        this.secured = secured;
        this.version = version;
        this.current = current;
        this.peer = new Peer(current, connection, secured, version);
        this.bornAt = worker.deadlines().now();
        long age = current.config().timeouts().connectionAge().toNanos();
        // Give or take a tenth, so that connections opened together don't end together.
        this.ageNanos = age - age / 10 + (long) (worker.random().nextDouble() * (age / 5.0));
    }

    /// The worker whose loop the connection is on.
    Worker worker() {
        return worker;
    }

    /// Where it was accepted.
    Listener listener() {
        return listener;
    }

    /// Whether the connection is secured by TLS.
    boolean isSecured() {
        return secured != null;
    }

    /// What the listener serves, as the request that came last has found it.
    ListenerSnapshot current() {
        return current;
    }

    /// What is declared of the listener.
    ListenerConfig config() {
        return current.config();
    }

    /// How long is waited for the client.
    ClientTimeoutsConfig timeouts() {
        return config().timeouts();
    }

    /// Who holds the connection.
    Peer peer() {
        return peer;
    }

    /// Takes the snapshot of the moment for the next exchange.
    @SuppressWarnings("ReferenceEquality") // the same listener of the same snapshot
    Snapshot pin() {
        Snapshot snapshot = listener.snapshot();
        if (snapshot == null) {
            throw new IllegalStateException("a listener is never open before the first snapshot is in place");
        }
        ListenerSnapshot next = snapshot.listener(listener.slot());
        // A listener that is not declared any more serves its last requests as it was.
        if (next != null && next != current) {
            current = next;
            peer = new Peer(next, connection, secured, version);
        }
        return snapshot;
    }

    /// Counts a request, for which [#pin] was called.
    ///
    /// @return whether the connection ends with it: it has served as many as it may, or for as long, or the listener
    ///         accepts no more
    boolean countRequest() {
        requests++;
        return requests >= config().limits().requestsPerConnection() || listener.isDraining()
                || worker.deadlines().now() - bornAt > ageNanos;
    }

    /// Whether a request may say that it came by this scheme: only a trusted proxy knows of another than the
    /// connection's.
    boolean acceptsScheme(CharSequence scheme) {
        return (secured == null ? "http" : "https").contentEquals(scheme)
                || (peer.isTrusted() && ("http".contentEquals(scheme) || "https".contentEquals(scheme)));
    }
}
