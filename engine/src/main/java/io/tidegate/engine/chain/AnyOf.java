package io.tidegate.engine.chain;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Attempt;
import io.tidegate.api.Condition;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.Key;
import io.tidegate.api.Outcome;
import io.tidegate.api.Policy;
import io.tidegate.api.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Policies of which one is enough: asked in their order until one lets the request pass, having found out who calls.
///
/// Where none does, the answer is that of the first that has one of its own (a way to a login); else what kept the
/// gateway from finding out; else that the caller is known and may not; else 401 with the challenges of all of them.
/// Only the policy that let the request pass hears of its response; those that were asked hear of its end.
public final class AnyOf implements Policy {

    private static final Key<Course> COURSE = Key.of("anyOf");

    /// No credentials of one kind or another, which is nothing wrong where another kind is shown.
    private static final Set<Fault> MISSING = Set.of(AccessFaults.MISSING, AccessFaults.SIGNATURE_MISSING,
            AccessFaults.CERTIFICATE_MISSING);

    private final List<Member> members;

    /// One of the policies.
    ///
    /// @param when
    ///            whether it is asked; null for always
    public record Member(Policy policy, @Nullable Condition when) {
    }

    /// These policies, in the order in which they are asked.
    public AnyOf(List<Member> members) {
        this.members = List.copyOf(members);
    }

    /// How far one exchange has come.
    private static final class Course {

        private final AnyOf of;
        private final @Nullable Course other;
        private final boolean[] heard;
        private int asked;
        private boolean anonymous;
        private boolean denied;
        private @Nullable Principal before;
        private @Nullable Policy passed;
        private Decision.@Nullable Respond answer;
        private @Nullable Fault fault;
        private final List<Field> headers = new ArrayList<>();

        Course(AnyOf of, @Nullable Course other) {
            this.of = of;
            this.other = other;
            this.heard = new boolean[of.members.size()];
        }

        void refused(Fault why, List<Field> fields) {
            Fault before = fault;
            if (before == null || rank(why) > rank(before)) {
                if (why.status() != 401) {
                    headers.clear();
                }
                headers.addAll(fields);
                fault = why;
            } else if (why.status() == 401 && before.status() == 401) {
                // Challenges stand beside each other (RFC 9110 section 11.6.1).
                headers.addAll(fields);
                if (MISSING.contains(before) && !before.equals(why)) {
                    fault = AccessFaults.MISSING;
                }
            }
        }

        /// What is told first: that it could not be found out, that the caller is known, that something was wrong.
        private static int rank(Fault fault) {
            if (fault.status() != 401) {
                return fault.status() >= 500 ? 3 : 2;
            }
            return MISSING.contains(fault) ? 0 : 1;
        }

        /// What it comes to that no policy has found out who calls.
        Decision end() {
            boolean wrong = denied || (fault != null && !MISSING.contains(fault));
            if (anonymous && !wrong) {
                return Decision.next();
            }
            if (answer != null) {
                return answer;
            }
            return Decision.fail(fault == null ? AccessFaults.MISSING : fault, List.copyOf(headers));
        }
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        Course course = new Course(this, exchange.get(COURSE));
        exchange.put(COURSE, course);
        return next(exchange, course);
    }

    private Decision next(Exchange exchange, Course course) {
        while (course.asked < members.size()) {
            Member member = members.get(course.asked++);
            if (member.when() != null && !member.when().test(exchange)) {
                continue;
            }
            course.heard[course.asked - 1] = true;
            course.before = exchange.principal();
            Decision decision = follow(exchange, course, member, asked(() -> member.policy().onRequest(exchange)));
            if (decision != null) {
                return decision;
            }
        }
        return course.end();
    }

    private static Decision asked(Supplier<? extends Decision> policy) {
        try {
            return Objects.requireNonNull(policy.get(), "nothing was decided");
        } catch (FaultException e) {
            return Decision.fail(e.fault());
        }
    }

    /// What a decision comes to; null where the next policy is to be asked.
    @SuppressWarnings("ReferenceEquality") // whether somebody was identified meanwhile, be it the same one
    private @Nullable Decision follow(Exchange exchange, Course course, Member member, Decision decision) {
        return switch (decision) {
            case Decision.Next passed -> {
                if (exchange.principal() == course.before) {
                    course.anonymous = true;
                    yield null;
                }
                course.passed = member.policy();
                yield passed;
            }
            case Decision.Respond respond -> {
                course.answer = course.answer == null ? respond : course.answer;
                // No way to a login, but that the caller is known and may not.
                course.denied |= respond.reply().status() == 403;
                yield null;
            }
            case Decision.Fail(Fault fault, List<Field> headers) -> {
                course.refused(fault, headers);
                yield null;
            }
            case Decision.Reset reset -> reset;
            case Decision.Resume(var then) -> follow(exchange, course, member, asked(then));
            case Decision.WithBody(int maxBytes, var then) -> Decision.withBody(maxBytes,
                    body -> settle(exchange, course, member, () -> then.apply(body)));
            case Decision.Delay(Duration time, Decision then) -> Decision.delay(time,
                    Decision.resume(() -> settle(exchange, course, member, () -> then)));
            case Decision.Await(var stage) -> Decision.await(stage.thenApply(
                    then -> Decision.resume(() -> settle(exchange, course, member, () -> then))));
        };
    }

    private Decision settle(Exchange exchange, Course course, Member member, Supplier<? extends Decision> policy) {
        Decision decision = follow(exchange, course, member, asked(policy));
        return decision == null ? next(exchange, course) : decision;
    }

    private @Nullable Course course(Exchange exchange) {
        Course course = exchange.get(COURSE);
        while (course != null && !equals(course.of)) {
            course = course.other;
        }
        return course;
    }

    @Override
    public void onAttempt(Exchange exchange, Attempt attempt) {
        Course course = course(exchange);
        if (course != null && course.passed != null) {
            course.passed.onAttempt(exchange, attempt);
        }
    }

    @Override
    public Decision onResponse(Exchange exchange) {
        Course course = course(exchange);
        return course == null || course.passed == null ? Decision.next() : course.passed.onResponse(exchange);
    }

    @Override
    public void onEnd(Exchange exchange, Outcome outcome) {
        Course course = course(exchange);
        if (course == null) {
            return;
        }
        RuntimeException failed = null;
        for (int i = course.asked - 1; i >= 0; i--) {
            if (course.heard[i]) {
                try {
                    members.get(i).policy().onEnd(exchange, outcome);
                } catch (RuntimeException e) {
                    // The others hear of it all the same.
                    failed = failed == null ? e : failed;
                }
            }
        }
        if (failed != null) {
            throw failed;
        }
    }
}
