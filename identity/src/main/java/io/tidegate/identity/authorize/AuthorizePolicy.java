package io.tidegate.identity.authorize;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ConditionConfig;
import io.tidegate.api.Consumer;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.FaultException;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Principal;
import io.tidegate.identity.Challenge;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Refuses who may not pass. Everything is made ready before: a request that passes costs look-ups in sets, and what
/// the condition costs.
final class AuthorizePolicy implements Policy {

    /// Why someone does not pass.
    private record Refusal(Decision decision, Counter count) {

        Decision counted() {
            count.add();
            return decision;
        }
    }

    private final String[] scopes;
    private final String[] anyScope;
    private final String[] groups;
    private final Set<String> consumers;
    private final ClaimRule[] claims;
    private final @Nullable ConditionConfig condition;

    private final Refusal nobody;
    private final Refusal noScope;
    private final Refusal noConsumer;
    private final Refusal noGroup;
    private final Refusal noClaim;
    private final Refusal notHeld;
    private final Refusal notTold;

    AuthorizePolicy(AuthorizeConfig config, PolicyContext context) {
        scopes = config.scopes().toArray(String[]::new);
        anyScope = config.anyScope().toArray(String[]::new);
        groups = config.groups().toArray(String[]::new);
        consumers = Set.copyOf(config.consumers());
        List<ClaimRule> rules = new ArrayList<>();
        for (Map.Entry<String, ClaimConfig> claim : config.claims().entrySet()) {
            rules.add(new ClaimRule(claim.getKey(), claim.getValue()));
        }
        claims = rules.toArray(ClaimRule[]::new);
        condition = config.cel();

        Decision denied = Decision.fail(AccessFaults.DENIED);
        nobody = new Refusal(
                Decision.fail(AccessFaults.MISSING, Challenge.of(config.scheme()).realm(config.realm()).field()),
                context.counter("nobody"));
        noScope = new Refusal(Decision.fail(AccessFaults.SCOPE, insufficient(config).field()),
                context.counter("scope"));
        noConsumer = new Refusal(denied, context.counter("consumer"));
        noGroup = new Refusal(denied, context.counter("group"));
        noClaim = new Refusal(denied, context.counter("claim"));
        notHeld = new Refusal(denied, context.counter("condition"));
        notTold = new Refusal(denied, context.counter("condition_failed"));
    }

    /// RFC 6750 section 3.1: the scopes that are needed, which is all that can be said of those of which one is enough.
    private static Challenge insufficient(AuthorizeConfig config) {
        Set<String> needed = new LinkedHashSet<>(config.scopes());
        needed.addAll(config.anyScope());
        return Challenge.of("Bearer").realm(config.realm()).with("error", "insufficient_scope").with("scope",
                String.join(" ", needed));
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        Principal principal = exchange.principal();
        if (principal == null) {
            return nobody.counted();
        }
        Refusal refusal = refusal(principal);
        if (refusal == null && condition != null) {
            refusal = unlessHolds(condition, exchange);
        }
        return refusal == null ? Decision.next() : refusal.counted();
    }

    private @Nullable Refusal refusal(Principal principal) {
        if (!consumers.isEmpty()) {
            Consumer consumer = principal.consumer();
            if (consumer == null || !consumers.contains(consumer.name())) {
                return noConsumer;
            }
        }
        if (groups.length > 0 && !hasOne(principal.groups(), groups)) {
            return noGroup;
        }
        Set<String> granted = principal.scopes();
        if (!hasAll(granted) || (anyScope.length > 0 && !hasOne(granted, anyScope))) {
            return noScope;
        }
        for (ClaimRule claim : claims) {
            if (!claim.holds(principal.claims())) {
                return noClaim;
            }
        }
        return null;
    }

    private boolean hasAll(Set<String> granted) {
        for (String scope : scopes) {
            if (!granted.contains(scope)) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasOne(Set<String> has, String[] wanted) {
        for (String name : wanted) {
            if (has.contains(name)) {
                return true;
            }
        }
        return false;
    }

    /// A condition that can't be evaluated, as a claim that it looks at is missing, does not hold.
    private @Nullable Refusal unlessHolds(ConditionConfig rule, Exchange exchange) {
        try {
            return rule.test(exchange) ? null : notHeld;
        } catch (FaultException e) {
            return notTold;
        }
    }
}
