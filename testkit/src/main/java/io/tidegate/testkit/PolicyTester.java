package io.tidegate.testkit;

import io.tidegate.api.Consumers;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyFactory;
import io.tidegate.api.StateStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// Runs policies without a gateway: requests are described, what went upstream and what the client got is looked at.
///
/// Policies run as the gateway runs them: `onRequest` in order, `onAttempt`, `onResponse` in reverse order for those
/// that have run, `onEnd` once. The exchange is confined to the thread of the test: a policy that touches it from
/// elsewhere, or after the end, fails.
///
/// ```java
/// try (PolicyTester tester = PolicyTester.of(new HeadersFactory(), config)) {
///     TesterResult result = tester.get("/orders/1").send();
///     assertThat(result.sent().header("x-team")).isEqualTo("shop");
/// }
/// ```
///
public final class PolicyTester implements AutoCloseable {

    private final InstantSource clock;
    private final TesterContext.SharedValues shared;
    private final List<Policy> policies;

    private PolicyTester(InstantSource clock, TesterContext.SharedValues shared, List<Policy> policies) {
        this.clock = clock;
        this.shared = shared;
        this.policies = policies;
    }

    /// A tester of one policy.
    public static <C extends Record> PolicyTester of(PolicyFactory<C> factory, C config) {
        return at(InstantSource.system()).then(factory, config);
    }

    /// A tester of policies that are made already, in this order.
    public static PolicyTester of(Policy... policies) {
        return new PolicyTester(InstantSource.system(), new TesterContext.SharedValues(), List.of(policies));
    }

    /// A tester without policies yet, whose policies see this clock.
    public static PolicyTester at(InstantSource clock) {
        return new PolicyTester(clock, new TesterContext.SharedValues(), List.of());
    }

    /// A tester without policies yet, whose policies keep what outlives a request there.
    public static PolicyTester with(StateStore state) {
        return new PolicyTester(InstantSource.system(), new TesterContext.SharedValues(state), List.of());
    }

    /// The same tester, whose policies know these consumers from here on.
    public PolicyTester knowing(Consumers consumers) {
        shared.consumers = consumers;
        return this;
    }

    /// The value that a policy shows under this name now; NaN where none does.
    public double gauge(String name) {
        return shared.gauge(name);
    }

    /// How often policies have counted this.
    public long count(String event) {
        return shared.count(event);
    }

    /// A tester with one more policy behind the ones here. Closing it closes them all.
    public <C extends Record> PolicyTester then(PolicyFactory<C> factory, C config) {
        String path = "routes.test.policies[" + policies.size() + "]";
        return then(factory.create(config, new TesterContext(path, shared, clock)));
    }

    /// A tester with one more policy behind the ones here. Closing it closes them all.
    public PolicyTester then(Policy policy) {
        List<Policy> more = new ArrayList<>(policies);
        more.add(policy);
        return new PolicyTester(clock, shared, List.copyOf(more));
    }

    /// Describes a GET of this path and query.
    public TesterRequest get(String target) {
        return request("GET", target);
    }

    /// Describes a POST to this path and query.
    public TesterRequest post(String target) {
        return request("POST", target);
    }

    /// Describes a request with this method, path and query.
    ///
    /// @throws IllegalArgumentException
    ///             for a path that no policy ever sees, because the gateway refuses it first
    public TesterRequest request(String method, String target) {
        return new TesterRequest(policies, method, target);
    }

    /// Closes the policies in order, and what they shared.
    @Override
    public void close() {
        for (Policy policy : policies) {
            policy.close();
        }
        shared.close();
    }
}
