package io.tidegate.engine.compile;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Counter;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import io.tidegate.api.StateStore;
import io.tidegate.config.PolicyConfig;
import io.tidegate.config.Problem;
import io.tidegate.engine.chain.PolicyRun;
import io.tidegate.engine.chain.Step;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.observe.PolicyCells;
import io.tidegate.engine.state.SharedState;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the policies of one configuration: one instance for each place, shared by all routes that it stands in.
final class StepCompiler {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");

    private final SharedValues shared;
    private final SharedState state;
    private final Metrics metrics;
    private final int workers;
    private final List<Problem> problems;
    private final IdentityHashMap<PolicyConfig, Step> steps = new IdentityHashMap<>();
    private final IdentityHashMap<List<PolicyConfig>, Step[]> lists = new IdentityHashMap<>();
    private final List<Runnable> closing = new ArrayList<>();

    StepCompiler(SharedValues shared, SharedState state, Metrics metrics, int workers, List<Problem> problems) {
        this.shared = shared;
        this.state = state;
        this.metrics = metrics;
        this.workers = workers;
        this.problems = problems;
    }

    /// The steps of a route. Routes with one and the same list get one and the same array.
    Step[] compile(List<PolicyConfig> policies) {
        Step[] known = lists.get(policies);
        if (known != null) {
            return known;
        }
        List<Step> made = new ArrayList<>(policies.size());
        for (PolicyConfig policy : policies) {
            Step step = steps.computeIfAbsent(policy, this::step);
            if (step != null) {
                made.add(step);
            }
        }
        if (made.size() > PolicyRun.MAX_STEPS) {
            PolicyConfig first = policies.getFirst();
            problems.add(new Problem(Problem.Severity.ERROR, first.place(), first.path(), "a route can have at most "
                    + PolicyRun.MAX_STEPS + " policies (has " + made.size() + ")"));
        }
        Step[] array = made.toArray(new Step[0]);
        lists.put(policies, array);
        return array;
    }

    /// Paths of those that only observe.
    Set<String> observing() {
        Set<String> observing = new HashSet<>();
        steps.forEach((policy, step) -> {
            if (step.observes()) {
                observing.add(step.path());
            }
        });
        return observing;
    }

    private PolicyCells[] cells(PolicyConfig policy) {
        PolicyCells[] cells = new PolicyCells[policy.observe() ? workers : 0];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = metrics.policy(i, policy.path());
        }
        return cells;
    }

    private @Nullable Step step(PolicyConfig policy) {
        PolicyFactory<?> factory = policy.factory();
        if (factory == null) {
            return null;
        }
        Context context = new Context(policy.type(), policy.path());
        try {
            Policy made = create(factory, policy.config(), context);
            closing.add(() -> close(made, context));
            return new Step(policy.path(), made, policy.condition(), policy.observe(), cells(policy));
        } catch (ConfigException e) {
            context.release();
            problems.add(new Problem(Problem.Severity.ERROR, policy.place(), policy.path(),
                    String.valueOf(e.getMessage())));
            return null;
        } catch (RuntimeException e) {
            context.release();
            LOG.error("policy {} could not be made", policy.path(), e);
            problems.add(new Problem(Problem.Severity.ERROR, policy.place(), policy.path(),
                    "could not be made: " + e.getClass().getSimpleName() + ": " + e.getMessage()));
            return null;
        }
    }

    private static <C extends Record> Policy create(PolicyFactory<C> factory, @Nullable Record config,
            PolicyContext context) {
        C own = factory.configType().cast(config);
        if (own == null) {
            throw new IllegalArgumentException("a policy of type " + factory.type() + " has no configuration");
        }
        return factory.create(own, context);
    }

    private static void close(Policy policy, Context context) {
        try {
            policy.close();
        } catch (RuntimeException e) {
            LOG.warn("policy {} could not be closed", context.path(), e);
        }
        context.release();
    }

    /// Closes every policy that was made.
    void close() {
        closing.forEach(Runnable::run);
    }

    private final class Context implements PolicyContext {

        private final String type;
        private final String path;
        private final List<String> held = new ArrayList<>();

        Context(String type, String path) {
            this.type = type;
            this.path = path;
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public <T extends AutoCloseable> T shared(String name, Supplier<T> create) {
            return hold(type + "/" + name, create);
        }

        private synchronized <T extends AutoCloseable> T hold(String full, Supplier<T> create) {
            T value = shared.acquire(full, create);
            held.add(full);
            return value;
        }

        @Override
        public StateStore state() {
            return state.of(type);
        }

        @Override
        public Counter counter(String event) {
            return hold("//events/" + path + "/" + type + "/" + event,
                    () -> new PolicyEvents(metrics, path, type, event));
        }

        @Override
        public InstantSource clock() {
            return Clock.systemUTC();
        }

        synchronized void release() {
            held.forEach(shared::release);
            held.clear();
        }
    }
}
