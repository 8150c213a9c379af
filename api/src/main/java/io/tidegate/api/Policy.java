package io.tidegate.api;

/// A step in the life of a request.
///
/// One instance serves one place in one route, on every event loop at once. What belongs to a single
/// request is kept in the [Exchange], never in a field.
public interface Policy extends AutoCloseable {

    /// The request head has arrived; nothing has been sent upstream.
    default Decision onRequest(Exchange exchange) {
        return Decision.next();
    }

    /// An endpoint was chosen. Called once per attempt, so again for each retry.
    default void onAttempt(Exchange exchange, Attempt attempt) {
    }

    /// The response head is known; nothing has been sent to the client. Runs in reverse order, and only
    /// for the policies whose `onRequest` ran. Answers that a policy or the gateway itself makes pass here too.
    default Decision onResponse(Exchange exchange) {
        return Decision.next();
    }

    /// The exchange is over, however it ended. The last call this policy gets for it.
    default void onEnd(Exchange exchange, Outcome outcome) {
    }

    /// No exchange uses this policy any more. Runs off the event loop and may block.
    @Override
    default void close() {
    }
}
