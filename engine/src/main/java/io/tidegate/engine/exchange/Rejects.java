package io.tidegate.engine.exchange;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Fault;
import io.tidegate.api.Fault.Party;
import java.util.Set;

/// Which faults are rejects: of messages that are no HTTP, or that two readers could understand in two ways. Nothing of
/// such a message is passed on, and nothing that comes behind it is believed: the connection ends with the answer.
final class Rejects {

    /// What a client may run into that speaks HTTP well.
    private static final Set<Fault> WELL_SPOKEN = Set.of(Fault.NO_ROUTE, Fault.METHOD_NOT_ALLOWED,
            Fault.BODY_TOO_LARGE, Fault.LENGTH_REQUIRED, Fault.MEDIA_TYPE_UNSUPPORTED, Fault.LIMIT_EXCEEDED,
            Fault.CORS_REFUSED, Fault.TOO_MANY_CONNECTIONS, Fault.REQUEST_TIMEOUT, Fault.BODY_TOO_SLOW,
            Fault.CLIENT_TOO_SLOW, Fault.CLIENT_CLOSED, Fault.WEBSOCKET_REFUSED, Fault.WEBSOCKET_VERSION,
            Fault.WEBSOCKET_INVALID, Fault.WEBSOCKET_TOO_LARGE, Fault.WEBSOCKET_TOO_FAST, Fault.WEBSOCKET_IDLE,
            Fault.GRPC_TIMEOUT_SYNTAX, Fault.GRPC_MESSAGE_TOO_LARGE, Fault.GRPC_WEB_TEXT, Fault.GRPC_FRAME,
            Fault.GRPC_JSON_PATH, Fault.GRPC_JSON_REQUEST, Fault.IDEMPOTENCY_KEY_MISSING, Fault.IDEMPOTENCY_KEY_SYNTAX,
            Fault.IDEMPOTENCY_IN_PROGRESS, Fault.IDEMPOTENCY_KEY_REUSED);

    /// Who calls can't be told, or may not: that is known of messages that were read well.
    private static final Set<Fault> OF_ACCESS = Set.copyOf(AccessFaults.all());

    private Rejects() {
    }

    /// Whether a fault is one that the gateway itself found, in what it read.
    static boolean whenRead(Fault fault) {
        return fault.blame() == Party.CLIENT && !WELL_SPOKEN.contains(fault) && !OF_ACCESS.contains(fault);
    }

    /// Whether a fault is one with which a policy refused a message that had been read well: only where what the policy
    /// made of it is as little to be passed on as what a parser refuses.
    static boolean whenRefused(Fault fault) {
        return fault.equals(Fault.EMIT_CTL) || fault.code().startsWith("path.");
    }
}
