package io.tidegate.config;

import io.tidegate.api.PolicyFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Checks lists of policies: the sets they use, their order, their switches.
final class PolicyChecks {

    /// Fields that other policies and services need of clients.
    private static final Set<String> CLIENTS_OWN = Set.of("authorization", "cookie", "host", "content-type",
            "content-length", "transfer-encoding", "connection", "accept", "te", "upgrade", "expect");

    private final CheckContext context;
    private final GatewayConfig config;
    private final Set<String> sets;

    PolicyChecks(CheckContext context) {
        this.context = context;
        this.config = context.config();
        this.sets = context.names("policySets", config.policySets().keySet());
    }

    /// Adds what it finds to the problems; the resolver is for whoever goes on.
    EffectivePolicies.Resolver run() {
        config.policies().forEach(this::use);
        config.policySets().forEach((name, list) -> list.forEach(policy -> {
            use(policy);
            unlocked(policy, "a set");
        }));
        circles();
        EffectivePolicies.Resolver resolver = new EffectivePolicies.Resolver(config);
        config.policySets().forEach((name, list) -> {
            if (resolver.expand(list).size() >= EffectivePolicies.MOST) {
                context.errorAtKey("comes to " + EffectivePolicies.MOST + " policies or more", "policySets", name);
            }
        });
        if (context.whole("policies") && context.whole("policySets")) {
            order(resolver.global());
            uselessSwitches(config.policies(), Set.of(), resolver);
            Set<String> global = new HashSet<>();
            Map<String, PolicyConfig> locked = new HashMap<>();
            for (PolicyConfig policy : resolver.global().steps()) {
                global.add(policy.type());
                if (policy.locked()) {
                    locked.putIfAbsent(policy.type(), policy);
                }
            }
            config.routes().forEach((name, route) -> route(route, resolver, global, locked));
        } else {
            config.routes().forEach((name, route) -> route.policies().forEach(policy -> {
                use(policy);
                unlocked(policy, "a route");
            }));
        }
        return resolver;
    }

    private void route(RouteConfig route, EffectivePolicies.Resolver resolver, Set<String> global,
            Map<String, PolicyConfig> locked) {
        if (route.policies().isEmpty()) {
            return;
        }
        for (PolicyConfig policy : route.policies()) {
            use(policy);
            unlocked(policy, "a route");
        }
        for (PolicyConfig policy : resolver.expand(route.policies())) {
            PolicyConfig lock = locked.get(policy.type());
            if (lock != null) {
                context.problems().error(policy.place(), policy.path(), "'" + policy.type() + "' is locked by "
                        + lock.path() + " (" + lock.place() + "): a route can neither replace it nor switch it off");
            }
        }
        uselessSwitches(route.policies(), global, resolver);
        order(resolver.of(route));
    }

    private void use(PolicyConfig policy) {
        if (policy.use() != null && !sets.contains(policy.use())) {
            context.problems().error(policy.place(), policy.path() + ".use", "no policy set is named '" + policy.use()
                    + "'" + context.nearest().hint(policy.use(), sets));
        }
        if (policy.config() instanceof AnyOfConfig anyOf) {
            anyOf.policies().forEach(this::member);
        }
        for (String header : policy.ownHeaders()) {
            if (CLIENTS_OWN.contains(header.toLowerCase(Locale.ROOT))) {
                context.problems().error(policy.place(), policy.path(), "can't write the field '" + header
                        + "': it would be taken out of what clients send, on every route");
            }
        }
    }

    /// One of several of which one is enough.
    private void member(PolicyConfig policy) {
        String problem = null;
        if (policy.use() != null || policy.config() instanceof AnyOfConfig) {
            problem = "can't stand in 'anyOf': write its policies there";
        } else if (!policy.enabled() || policy.observe() || policy.locked()) {
            problem = "can be neither switched off, observing nor locked within 'anyOf'";
        } else if (!policy.identifies()) {
            problem = "'" + policy.type() + "' can't stand in 'anyOf': it does not find out who calls";
        }
        if (problem != null) {
            context.problems().error(policy.place(), policy.path(), problem);
        }
    }

    private void unlocked(PolicyConfig policy, String owner) {
        if (policy.locked()) {
            context.problems().error(policy.place(), policy.path() + ".locked",
                    "only a policy of every route can be locked, not one of " + owner);
        }
    }

    /// A switch that finds nothing to switch off.
    private void uselessSwitches(List<PolicyConfig> list, Set<String> global, EffectivePolicies.Resolver resolver) {
        Set<String> before = new HashSet<>(global);
        for (PolicyConfig policy : list) {
            if (!policy.enabled() && !before.contains(policy.type())) {
                context.problems().warning(policy.place(), policy.path(),
                        "switches off '" + policy.type() + "', which is not there");
            }
            resolver.expand(List.of(policy)).forEach(step -> before.add(step.type()));
        }
    }

    private void circles() {
        Set<String> done = new HashSet<>();
        for (String name : config.policySets().keySet()) {
            circle(name, new ArrayDeque<>(), done);
        }
    }

    private void circle(String name, Deque<String> path, Set<String> done) {
        if (path.contains(name)) {
            List<String> circle = new ArrayList<>();
            path.descendingIterator().forEachRemaining(circle::add);
            circle = new ArrayList<>(circle.subList(circle.indexOf(name), circle.size()));
            circle.add(name);
            context.errorAtKey("uses itself: " + String.join(" → ", circle), "policySets", name);
            return;
        }
        // A chain as long as this is no use to anyone, and deeper ones would cost stack.
        if (done.contains(name) || path.size() > EffectivePolicies.MOST) {
            return;
        }
        path.push(name);
        for (PolicyConfig policy : config.policySets().getOrDefault(name, List.of())) {
            if (policy.use() != null) {
                circle(policy.use(), path, done);
            }
        }
        path.pop();
        done.add(name);
    }

    /// What an order cannot mean.
    private void order(EffectivePolicies policies) {
        Map<PolicyFactory.Trait, PolicyConfig> known = new EnumMap<>(PolicyFactory.Trait.class);
        for (PolicyConfig policy : policies.steps()) {
            PolicyFactory<?> factory = policy.factory();
            if (factory == null) {
                continue;
            }
            for (PolicyFactory.Trait trait : new TreeSet<>(factory.needs())) {
                if (!known.containsKey(trait)) {
                    context.problems().error(policy.place(), policy.path(), "'" + policy.type() + "' needs to know "
                            + words(trait) + ", and no policy before it finds that out");
                }
            }
            for (PolicyFactory.Trait trait : new TreeSet<>(factory.precedes())) {
                PolicyConfig early = known.get(trait);
                if (early != null) {
                    context.problems().error(policy.place(), policy.path(), "'" + policy.type()
                            + "' must stand before '" + early.type() + "' (" + early.path() + ", " + early.place()
                            + "), which finds out " + words(trait));
                }
            }
            factory.provides().forEach(trait -> known.putIfAbsent(trait, policy));
        }
    }

    private static String words(PolicyFactory.Trait trait) {
        return switch (trait) {
            case CONSUMER -> "who calls";
        };
    }
}
