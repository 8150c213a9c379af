package io.tidegate.engine.chain;

import io.tidegate.api.Attempt;
import io.tidegate.api.Body;
import io.tidegate.api.Condition;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.Outcome;
import io.tidegate.api.Reply;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The policies of one exchange, run. Reused from exchange to exchange; nothing is allocated where policies only say
/// [Decision#next].
///
/// ```
/// request  0 → 1 → 2 → passed            response  2 → 1 → 0 → passed
///              └─ answer or fault ───────────────────┘ from the step that gave it
/// ```
///
public final class PolicyRun {

    /// Most policies of one route: which of them ran is kept in one word.
    public static final int MAX_STEPS = 64;

    private static final Step[] NONE = {};

    /// Whose policies are run.
    public interface Owner {

        /// What policies see.
        Exchange view();

        /// Every policy has let the request pass.
        void onRequestPassed();

        /// Every policy has let the response pass.
        void onResponsePassed();

        /// A policy answers. [#response] is to be called once the answer stands.
        void onReply(Reply reply);

        /// A policy refuses. [#response] is to be called once the answer stands.
        void onRefusal(Fault fault, List<Field> headers);

        /// A policy breaks the exchange off: nothing is answered, and the exchange is over.
        void onReset(Fault fault);

        /// A policy wants the body of the message at hand, of at most `maxBytes`. Calls `then` with it, or `tooLarge`.
        void collect(int maxBytes, java.util.function.Consumer<Body> then, Runnable tooLarge);
    }

    private final Owner owner;
    private final Worker worker;
    private Step[] steps = NONE;
    private int next;
    private long ran;
    private boolean responding;
    private int generation;
    private @Nullable Deadline awaiting;
    private @Nullable ObservedExchange observer;

    /// A run for the exchanges of `owner`.
    public PolicyRun(Owner owner, Worker worker) {
        this.owner = owner;
        this.worker = worker;
    }

    /// Begins the request's way through `steps`.
    public void request(Step[] all) {
        steps = all;
        next = 0;
        ran = 0;
        responding = false;
        advance(Decision.next());
    }

    /// Whether the route of this exchange has policies at all.
    public boolean hasSteps() {
        return steps.length > 0;
    }

    /// Begins the response's way back, through those steps that the request has passed; or goes on with it where it has
    /// begun already and the answer was replaced. What is still awaited is forgotten.
    public void response() {
        forget();
        if (!responding) {
            responding = true;
            next = steps.length - 1;
        }
        advance(Decision.next());
    }

    /// Shows an attempt to the policies that ran.
    public void attempt(Attempt attempt) {
        for (int i = 0; i < steps.length; i++) {
            if (hasRun(i) && !steps[i].observes()) {
                try {
                    steps[i].policy().onAttempt(owner.view(), attempt);
                } catch (RuntimeException e) {
                    steps[i].failed(e, owner.view().id());
                }
            }
        }
    }

    /// The exchange is over: every policy that ran hears of it. What is still awaited is forgotten.
    public void end(Outcome outcome) {
        forget();
        for (int i = steps.length - 1; i >= 0; i--) {
            if (hasRun(i)) {
                try {
                    steps[i].policy().onEnd(view(steps[i]), outcome);
                } catch (RuntimeException e) {
                    steps[i].failed(e, owner.view().id());
                }
            }
        }
        steps = NONE;
        ran = 0;
        observer = null;
    }

    private void forget() {
        generation++;
        if (awaiting != null) {
            worker.deadlines().remove(awaiting);
            awaiting = null;
        }
    }

    private boolean hasRun(int i) {
        return (ran & 1L << i) != 0;
    }

    private void advance(Decision decision) {
        Decision current = decision;
        while (true) {
            // What nearly all policies decide is not looked up among the rest.
            while (current instanceof Decision.Next) {
                if (responding ? next < 0 : next == steps.length) {
                    passed();
                    return;
                }
                current = responding ? runBackward() : runForward();
            }
            switch (current) {
                case Decision.Next again -> current = again;
                case Decision.Respond(Reply reply) -> {
                    owner.onReply(reply);
                    return;
                }
                case Decision.Fail(Fault fault, List<Field> headers) -> {
                    owner.onRefusal(fault, headers);
                    return;
                }
                case Decision.Reset(Fault fault) -> {
                    owner.onReset(fault);
                    return;
                }
                case Decision.WithBody(int maxBytes, var then) -> {
                    collect(maxBytes, then);
                    return;
                }
                case Decision.Await(var stage) -> {
                    await(stage);
                    return;
                }
                case Decision.Resume(var then) -> current = resume(then);
                case Decision.Delay(Duration time, Decision then) -> {
                    delay(time.toNanos(), then);
                    return;
                }
            }
        }
    }

    private void passed() {
        if (responding) {
            owner.onResponsePassed();
        } else {
            owner.onRequestPassed();
        }
    }

    private Decision runForward() {
        Step step = steps[next];
        Decision decision;
        try {
            Condition when = step.when();
            if (when != null && !when.test(owner.view())) {
                next++;
                return Decision.next();
            }
            ran |= 1L << next;
            decision = Objects.requireNonNull(step.policy().onRequest(view(step)), "onRequest decided nothing");
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            decision = failed(step, e);
        }
        next++;
        return step.observes() ? observed(step, decision) : decision;
    }

    private Decision runBackward() {
        int at = next--;
        if (!hasRun(at)) {
            return Decision.next();
        }
        Step step = steps[at];
        Decision decision;
        try {
            decision = Objects.requireNonNull(step.policy().onResponse(view(step)), "onResponse decided nothing");
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            decision = failed(step, e);
        }
        return step.observes() ? observed(step, decision) : decision;
    }

    private Decision resume(Supplier<? extends Decision> then) {
        Step step = current();
        Decision decision = decided(step, then);
        return step.observes() ? observed(step, decision) : decision;
    }

    private Decision decided(Step step, Supplier<? extends Decision> asked) {
        try {
            return Objects.requireNonNull(asked.get(), "nothing was decided");
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return failed(step, e);
        }
    }

    private Step current() {
        return steps[responding ? next + 1 : next - 1];
    }

    private Exchange view(Step step) {
        if (!step.observes()) {
            return owner.view();
        }
        if (observer == null) {
            observer = new ObservedExchange(owner.view());
        }
        return observer;
    }

    private Decision failed(Step step, Throwable cause) {
        if (cause instanceof FaultException fault) {
            return Decision.fail(fault.fault());
        }
        step.failed(cause, owner.view().id());
        return Decision.fail(Fault.POLICY_FAILED);
    }

    /// A step that observes never holds or ends anything: its decision is counted. What needs the body or awaits
    /// something is followed, because only then its decision is known.
    private Decision observed(Step step, Decision decision) {
        boolean decided = !(decision instanceof Decision.WithBody || decision instanceof Decision.Await
                || decision instanceof Decision.Resume);
        boolean changing = decided && observer != null && observer.takeChanging();
        return switch (decision) {
            case Decision.Respond(Reply reply) -> {
                step.observed(worker, "answer " + reply.status(), owner.view().id());
                yield Decision.next();
            }
            case Decision.Fail(Fault fault, List<Field> headers) -> {
                step.observed(worker, "refuse with " + fault.code(), owner.view().id());
                yield Decision.next();
            }
            case Decision.Reset(Fault fault) -> {
                step.observed(worker, "break off with " + fault.code(), owner.view().id());
                yield Decision.next();
            }
            case Decision.Next pass -> {
                if (changing) {
                    step.observed(worker, "change the message", owner.view().id());
                }
                yield pass;
            }
            case Decision.WithBody body -> body;
            case Decision.Await await -> await;
            case Decision.Resume resume -> resume;
            case Decision.Delay(Duration time, Decision then) -> {
                step.observed(worker, "wait for " + time.toMillis() + "ms", owner.view().id());
                yield then instanceof Decision.Next ? then : observed(step, then);
            }
        };
    }

    private void collect(int maxBytes, Function<? super Body, ? extends Decision> then) {
        Step step = current();
        int mine = generation;
        owner.collect(maxBytes, body -> {
            if (mine != generation) {
                return;
            }
            Decision decision = decided(step, () -> then.apply(body));
            advance(step.observes() ? observed(step, decision) : decision);
        }, () -> {
            if (mine == generation) {
                Decision decision = Decision.fail(Fault.BODY_TOO_LARGE);
                advance(step.observes() ? observed(step, decision) : decision);
            }
        });
    }

    private void await(java.util.concurrent.CompletionStage<? extends Decision> stage) {
        Step step = current();
        forget();
        int mine = generation;
        Deadline deadline = new Deadline(() -> {
            if (mine == generation) {
                settle(step, Decision.fail(Fault.POLICY_TIMEOUT));
            }
        });
        awaiting = deadline;
        worker.deadlines().refresh();
        worker.deadlines().set(deadline, worker.policyWaitNanos());
        stage.whenComplete((result, failure) -> {
            if (worker.inLoop()) {
                awaited(mine, step, result, failure);
            } else {
                worker.loop().execute(() -> awaited(mine, step, result, failure));
            }
        });
    }

    private void delay(long nanos, Decision then) {
        Step step = current();
        forget();
        long longest = worker.policyWaitNanos();
        Decision after = nanos <= longest ? then : Decision.fail(Fault.POLICY_TIMEOUT);
        Deadline deadline = new Deadline(() -> settle(step, after));
        awaiting = deadline;
        worker.deadlines().refresh();
        worker.deadlines().set(deadline, Math.min(nanos, longest));
    }

    private void awaited(int mine, Step step, @Nullable Decision result, @Nullable Throwable failure) {
        // What completes after the end of its exchange, or after its deadline, is nobody's any more.
        if (mine == generation) {
            Throwable cause = failure instanceof java.util.concurrent.CompletionException && failure.getCause() != null
                    ? failure.getCause()
                    : failure;
            settle(step, cause != null || result == null
                    ? failed(step, cause == null ? new NullPointerException("awaited no decision") : cause)
                    : result);
        }
    }

    private void settle(Step step, Decision decision) {
        forget();
        advance(step.observes() ? observed(step, decision) : decision);
    }
}
