package io.tidegate.engine.compile;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Consumers;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import io.tidegate.config.AnyOfConfig;
import io.tidegate.config.PolicyConfig;
import io.tidegate.config.Problem;
import io.tidegate.engine.chain.AnyOf;
import io.tidegate.engine.chain.PolicyRun;
import io.tidegate.engine.chain.Step;
import io.tidegate.engine.observe.PolicyCells;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the policies of one configuration: one instance for each place, shared by all routes that it stands in.
final class StepCompiler {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.policies");

    private final PolicyWorld world;
    private final Consumers consumers;
    private final List<Problem> problems;
    private final IdentityHashMap<PolicyConfig, Step> steps = new IdentityHashMap<>();
    private final IdentityHashMap<List<PolicyConfig>, Step[]> lists = new IdentityHashMap<>();
    private final List<Runnable> closing = new ArrayList<>();

    StepCompiler(PolicyWorld world, Consumers consumers, List<Problem> problems) {
        this.world = world;
        this.consumers = consumers;
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
        PolicyCells[] cells = new PolicyCells[policy.observe() ? world.workers() : 0];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = world.metrics().policy(i, policy.path());
        }
        return cells;
    }

    private @Nullable Step step(PolicyConfig policy) {
        Policy made = policy(policy);
        return made == null
                ? null
                : new Step(policy.path(), made, policy.condition(), policy.observe(), cells(policy));
    }

    /// What is declared, made; null where it can't be, which is a problem then, or where nothing is to be made.
    private @Nullable Policy policy(PolicyConfig policy) {
        PolicyFactory<?> factory = policy.factory();
        if (factory == null) {
            return null;
        }
        if (policy.config() instanceof AnyOfConfig anyOf) {
            return anyOf(anyOf);
        }
        StepContext context = new StepContext(world, consumers, policy.type(), policy.path());
        try {
            Policy made = create(factory, policy.config(), context);
            closing.add(() -> close(made, context));
            return made;
        } catch (RuntimeException e) {
            context.release();
            if (!(e instanceof ConfigException)) {
                LOG.error("policy {} could not be made", policy.path(), e);
            }
            problems.add(problem(policy, e));
        }
        return null;
    }

    /// Why a policy could not be made.
    static Problem problem(PolicyConfig policy, RuntimeException why) {
        if (why instanceof ConfigException told) {
            return new Problem(Problem.Severity.ERROR, policy.place(), told.component().isEmpty()
                    ? policy.path()
                    : policy.path() + "." + policy.type() + "." + told.component(), String.valueOf(told.getMessage()));
        }
        return new Problem(Problem.Severity.ERROR, policy.place(), policy.path(),
                "could not be made: " + why.getClass().getSimpleName() + ": " + why.getMessage());
    }

    private Policy anyOf(AnyOfConfig declared) {
        List<AnyOf.Member> members = new ArrayList<>();
        for (PolicyConfig member : declared.policies()) {
            Policy made = policy(member);
            if (made != null) {
                members.add(new AnyOf.Member(made, member.condition()));
            }
        }
        return new AnyOf(members);
    }

    static <C extends Record> Policy create(PolicyFactory<C> factory, @Nullable Record config,
            PolicyContext context) {
        C own = factory.configType().cast(config);
        if (own == null) {
            throw new IllegalArgumentException("a policy of type " + factory.type() + " has no configuration");
        }
        return factory.create(own, context);
    }

    private static void close(Policy policy, StepContext context) {
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
}
