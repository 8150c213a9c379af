package io.tidegate.api;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/// What a policy wants to happen next.
public sealed interface Decision {

    /// Goes on with the next policy. Allocates nothing.
    static Decision next() {
        return Next.NEXT;
    }

    /// Answers the client now. The answer passes `onResponse` of the policies that have run.
    static Decision respond(Reply reply) {
        return new Respond(reply);
    }

    /// Ends the exchange with the status and the problem body of `fault`.
    static Decision fail(Fault fault) {
        return new Fail(fault, List.of());
    }

    /// Ends the exchange with the status and the problem body of `fault`, and these header fields beside it
    /// (`Retry-After`, `WWW-Authenticate`).
    static Decision fail(Fault fault, List<Field> headers) {
        return new Fail(fault, headers);
    }

    /// Ends the exchange without an answer, as a service that crashes does: by HTTP/1.1 the connection is reset, by
    /// HTTP/2 and HTTP/3 the stream, a call of gRPC too. `onResponse` is not asked; logs and counts have `fault`. For
    /// tests of clients: whoever is refused should be told so, by [#fail].
    static Decision reset(Fault fault) {
        return new Reset(fault);
    }

    /// Holds the message until its body is here. One longer than `maxBytes` fails with [Fault#BODY_TOO_LARGE].
    static Decision withBody(int maxBytes, Function<? super Body, ? extends Decision> then) {
        return new WithBody(maxBytes, then);
    }

    /// Holds the message until `stage` completes, then goes on, on the event loop it came from.
    static Decision await(CompletionStage<? extends Decision> stage) {
        return new Await(stage);
    }

    /// Asks `then`, on the event loop, where the exchange may be touched. For what [#await] leads to: its stage
    /// completes on any thread.
    static Decision resume(Supplier<? extends Decision> then) {
        return new Resume(then);
    }

    /// Holds the message for a while, then goes on with `then`. Holds no thread. Longer than the gateway lets policies
    /// wait (30 s), it fails with [Fault#POLICY_TIMEOUT].
    static Decision delay(Duration time, Decision then) {
        return new Delay(time, then);
    }

    /// Nothing to do here.
    enum Next implements Decision {
        /// The only one.
        NEXT
    }

    /// Answers the client now.
    record Respond(Reply reply) implements Decision {
    }

    /// Ends the exchange with a problem answer.
    record Fail(Fault fault, List<Field> headers) implements Decision {
    }

    /// Ends the exchange without an answer.
    record Reset(Fault fault) implements Decision {
    }

    /// Waits for the body of the message at hand.
    record WithBody(int maxBytes, Function<? super Body, ? extends Decision> then) implements Decision {
    }

    /// Waits for a while.
    record Delay(Duration time, Decision then) implements Decision {

        /// Refuses a time that runs backwards.
        public Delay {
            if (time.isNegative()) {
                throw new IllegalArgumentException("time must not be negative (was " + time + ")");
            }
        }
    }

    /// Decides on the event loop.
    record Resume(Supplier<? extends Decision> then) implements Decision {
    }

    /// Waits for something else.
    record Await(CompletionStage<? extends Decision> stage) implements Decision {
    }
}
