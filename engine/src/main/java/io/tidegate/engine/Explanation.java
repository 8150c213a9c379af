package io.tidegate.engine;

import io.tidegate.config.EffectivePolicies;
import io.tidegate.config.PolicyConfig;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What would become of a request: a decision record, made by the parser and the table that serve requests too.
///
/// @param request
///            the request as it was understood
/// @param outcome
///            what the look-up came to: `found`, `noRoute`, `methodNotAllowed`, `redirectSlash`, `rejected` where it
///            is no request that is served, or `relayed` where nobody looks at requests
/// @param fault
///            code of the fault that the client would get, or null
/// @param route
///            the route that serves it, or null
/// @param rivals
///            the candidates that came near, best first, and why each won or lost
/// @param policies
///            what it passes, in its order
/// @param dropped
///            what is declared for the route and does not run, and why
/// @param upstreams
///            where it can go
/// @param timeouts
///            how long it may take, and where each limit comes from
/// @param retry
///            what is sent once more and how often, and where each value comes from; empty where it leads nowhere
/// @param hedge
///            when it is sent a second time before the first is answered; empty for never
/// @param mirror
///            what is copied for a second upstream and how answers are compared; empty where nothing is
/// @param criticality
///            what is shed where the gateway is overloaded: `low` first, `critical` last; null where no route serves it
/// @param criticalityByConsumer
///            what else it can be by who sends it, the most critical first; empty where nobody changes it
public record Explanation(Understood request, String outcome, @Nullable String fault, @Nullable String route,
        List<Candidate> rivals, List<PolicyConfig> policies, List<EffectivePolicies.Dropped> dropped,
        List<Target> upstreams, Map<String, Limit> timeouts, Map<String, Limit> retry, Map<String, Limit> hedge,
        Map<String, Limit> mirror, @Nullable String criticality, List<String> criticalityByConsumer) {

    /// The request as it was understood: what is matched, authorised, logged and forwarded.
    ///
    /// @param listener
    ///            the listener that it comes in on
    /// @param host
    ///            lower case, without port
    /// @param path
    ///            in canonical form
    /// @param query
    ///            without its question mark, or null
    public record Understood(String listener, String method, String host, String path, @Nullable String query) {
    }

    /// One match of a route that came near.
    ///
    /// @param match
    ///            index of the match in the route
    public record Candidate(String route, int match, boolean won, String reason) {
    }

    /// An upstream and what falls to it.
    ///
    /// @param share
    ///            in percent of the requests, but for those that a condition sends somewhere
    /// @param when
    ///            the condition for which requests go there whatever the shares, where none before it holds; null for
    ///            none
    /// @param endpoints
    ///            those that may be chosen
    /// @param settings
    ///            how it is found out which of them can be used, and how one is chosen, in words, by key of the upstream
    public record Target(String upstream, double share, @Nullable String when, String loadBalancing,
            List<String> endpoints, Map<String, String> settings) {
    }

    /// A limit, in time or of repeats.
    ///
    /// @param value
    ///            as it is written in a configuration, `none` where there is none
    /// @param origin
    ///            the key that it comes from: `routes.orders.timeouts.request`
    public record Limit(String value, String origin) {
    }
}
