package io.tidegate.config;

import io.tidegate.api.Condition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The policies that a route really has, in the order in which they run.
///
/// First the global ones, then the route's; `use` is replaced by the policies of the set. A kind that the route lists
/// stands where the route lists it: the global ones of that kind are dropped, unless they are locked.
///
/// @param steps
///            what runs, in its order; none is `use`, none is switched off
/// @param dropped
///            what does not run, and why
public record EffectivePolicies(List<PolicyConfig> steps, List<Dropped> dropped) {

    /// Most policies that one list may come to once every `use` is replaced.
    static final int MOST = 1000;

    /// A policy that is declared for a route and does not run on it.
    ///
    /// @param policy
    ///            which one
    /// @param reason
    ///            why: `replaced by routes.orders.policies[0]`
    public record Dropped(PolicyConfig policy, String reason) {
    }

    /// The policies of one route. For many routes a [Resolver] does the common part once.
    public static EffectivePolicies of(GatewayConfig config, RouteConfig route) {
        return new Resolver(config).of(route);
    }

    /// Finds the policies of every route of one configuration. Routes without policies of their own share one list.
    /// For one thread.
    public static final class Resolver {

        private final Map<String, List<PolicyConfig>> sets;
        private final Map<String, List<PolicyConfig>> expanded = new HashMap<>();
        private final Set<String> open = new HashSet<>();
        private final EffectivePolicies global;

        /// A resolver for the routes of `config`.
        public Resolver(GatewayConfig config) {
            this.sets = config.policySets();
            this.global = fold(expand(config.policies()));
        }

        /// What every route has before its own policies are looked at.
        public EffectivePolicies global() {
            return global;
        }

        /// The policies of a route.
        public EffectivePolicies of(RouteConfig route) {
            return route.policies().isEmpty() ? global : join(fold(expand(route.policies())), route);
        }

        /// The policies that a list comes to, `use` replaced, switches still in it.
        List<PolicyConfig> expand(List<PolicyConfig> list) {
            if (list.stream().noneMatch(policy -> policy.use() != null)) {
                return list;
            }
            List<PolicyConfig> result = new ArrayList<>();
            for (PolicyConfig policy : list) {
                if (policy.use() == null) {
                    result.add(policy);
                    continue;
                }
                for (PolicyConfig inner : set(policy.use())) {
                    if (result.size() < MOST) {
                        result.add(within(policy, inner));
                    }
                }
            }
            return result;
        }

        /// What a set comes to; nothing for one that isn't there or that holds itself, which is an error elsewhere.
        private List<PolicyConfig> set(String name) {
            List<PolicyConfig> known = expanded.get(name);
            if (known != null) {
                return known;
            }
            if (!open.add(name)) {
                return List.of();
            }
            List<PolicyConfig> result = expand(sets.getOrDefault(name, List.of()));
            open.remove(name);
            expanded.put(name, result);
            return result;
        }

        private EffectivePolicies join(EffectivePolicies own, RouteConfig route) {
            Map<String, PolicyConfig> listed = new LinkedHashMap<>();
            for (PolicyConfig policy : expand(route.policies())) {
                listed.putIfAbsent(policy.type(), policy);
            }
            List<PolicyConfig> steps = new ArrayList<>();
            List<Dropped> dropped = new ArrayList<>(global.dropped());
            for (PolicyConfig policy : global.steps()) {
                PolicyConfig instead = listed.get(policy.type());
                if (instead == null || policy.locked()) {
                    steps.add(policy);
                } else {
                    dropped.add(new Dropped(policy,
                            (instead.enabled() ? "replaced by " : "switched off by ") + instead.path()));
                }
            }
            steps.addAll(own.steps());
            dropped.addAll(own.dropped());
            return new EffectivePolicies(List.copyOf(steps), List.copyOf(dropped));
        }
    }

    /// Applies the switches of a list: each takes out what stands before it.
    private static EffectivePolicies fold(List<PolicyConfig> list) {
        List<PolicyConfig> steps = new ArrayList<>();
        List<Dropped> dropped = new ArrayList<>();
        for (PolicyConfig policy : list) {
            if (policy.enabled()) {
                steps.add(policy);
                continue;
            }
            steps.removeIf(before -> {
                boolean off = before.type().equals(policy.type()) && !before.locked();
                if (off) {
                    dropped.add(new Dropped(before, "switched off by " + policy.path()));
                }
                return off;
            });
        }
        return new EffectivePolicies(List.copyOf(steps), List.copyOf(dropped));
    }

    /// A policy of a set, with what stands beside the `use` that put it in.
    private static PolicyConfig within(PolicyConfig use, PolicyConfig inner) {
        if (use.when() == null && !use.observe() && !use.locked()) {
            return inner;
        }
        return new PolicyConfig(inner.type(), inner.factory(), inner.config(), inner.use(), inner.enabled(),
                inner.name(), both(use.when(), inner.when()), both(use.condition(), inner.condition()),
                use.observe() || inner.observe(), use.locked() || inner.locked(), inner.path(), inner.place());
    }

    private static @Nullable String both(@Nullable String outer, @Nullable String inner) {
        return outer == null || inner == null ? (outer == null ? inner : outer) : "(" + outer + ") && (" + inner + ")";
    }

    private static @Nullable Condition both(@Nullable Condition outer, @Nullable Condition inner) {
        if (outer == null || inner == null) {
            return outer == null ? inner : outer;
        }
        return exchange -> outer.test(exchange) && inner.test(exchange);
    }
}
