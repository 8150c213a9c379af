package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Named;
import io.tidegate.api.Pattern;
import io.tidegate.api.Range;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which requests go where.
@Doc("Which requests go where, and by which policies.")
public record RouteConfig(
        @Doc("Listeners on which the route is served; all if left out.") @Default("[]") List<String> listeners,

        @Doc("A request matches when it matches one of these. Left out: every request.") @Default("[{}]") @Range(min = 1) List<MatchConfig> match,

        @Doc("Breaks a tie between two routes that match equally well: the higher one wins.") @Default("0") int precedence,

        @Doc("The upstream that answers.") @Nullable String upstream,

        @Doc("Several upstreams and their shares, instead of one: `{ blue: 95, green: 5 }`. One with a condition gets the requests for which that holds: `{ blue: 95, green: { weight: 5, when: '\"beta\" in consumer.groups' } }`.") @Nullable Map<String, ShareConfig> upstreams,

        @Doc("Which of the `upstreams` a request goes to is decided by this, so that a client stays on its side: a key of the request, such as `cookie.uid` or `consumer`, or a cookie that the gateway gives. Requests without it, and all where it is left out: by chance, each anew.") @Nullable SplitByConfig splitBy,

        @Doc("Policies of this route, in the order in which they run, after those of every route.") @Default("[]") List<PolicyConfig> policies,

        @Doc("How long a request may take.") @Default("{}") Timeouts timeouts,

        @Doc("What is sent once more on this route. Left out: what the upstream says.") @Nullable RouteRetryConfig retry,

        @Doc("Answer that is given while no endpoint of the upstream can be reached. Left out: what the upstream says.") @Nullable FallbackResponseConfig fallbackResponse,

        @Doc("A second upstream that gets copies of the requests.") @Nullable MirrorConfig mirror,

        @Doc("A second request where the first is not answered in time.") @Nullable HedgeConfig hedge,

        @Doc("Whether the client's `Host` goes upstream. `false`: that of the endpoint.") @Default("true") boolean preserveHost,

        @Doc("Whether bodies are streams without an end in sight (long polling, logs that are followed): only idle time-outs apply. Server-sent events and gRPC are known by their `Content-Type`.") @Default("false") boolean streaming,

        @Doc("WebSocket on this route.") @Default("{}") WebSocketConfig websocket,

        @Doc("Whether the route is meant to be open where `defaultAccess` is `deny`.") @Named("public") @Default("false") boolean isPublic,

        @Doc("What an encoded slash (`%2F`, `%5C`) in a path is: refused, or data that is kept as it is.") @Default("reject") EncodedSlash encodedSlash,

        @Doc("What `;` in a path is, as in `/a;x=1`: refused, or data of its segment that is kept as it is. Many Java services cut it off: `/admin;x=1` is `/admin` to them, and to this gateway another path.") @Default("reject") PathParameters pathParameters,

        @Doc("Whether `/a/` is another path than `/a` (`strict`), the same one (`same`), or redirected to the form of the route (`redirect`).") @Default("strict") TrailingSlash trailingSlash,

        @Doc("Lets `X-HTTP-Method-Override` and its like pass; they are removed otherwise.") @Default("false") boolean methodOverride,

        @Doc("What becomes of its requests where the gateway is overloaded.") @Default("normal") Criticality criticality) {

    /// The upstreams that it leads to, and what falls to each; none where a policy answers every request.
    public Map<String, ShareConfig> targets() {
        return upstreams != null ? upstreams : upstream != null ? Map.of(upstream, ShareConfig.ALL) : Map.of();
    }

    /// Whether a policy finds out who calls, at least of some of its requests.
    ///
    /// @param resolver
    ///            of the configuration that it stands in
    public boolean identifies(EffectivePolicies.Resolver resolver) {
        return resolver.of(this).steps().stream().anyMatch(policy -> policy.identifies() && !policy.observe());
    }

    /// What is shed first where the gateway is overloaded.
    public enum Criticality {
        @Doc("Shed when nothing else is left to be shed.")
        CRITICAL, @Doc("Shed when more has to be than what is `low`.")
        NORMAL, @Doc("Shed first.")
        LOW
    }

    /// What an encoded slash in a path is.
    public enum EncodedSlash {
        @Doc("Refused with 400.")
        REJECT, @Doc("Kept as it is, as data of its segment.")
        KEEP
    }

    /// What a semicolon in a path is.
    public enum PathParameters {
        @Doc("Refused with 400.")
        REJECT, @Doc("Kept as it is, as data of its segment.")
        KEEP
    }

    /// What a slash at the end of a path means.
    public enum TrailingSlash {
        @Doc("`/a/` is another path than `/a`.")
        STRICT, @Doc("Both are matched.")
        SAME, @Doc("The other form is answered 308 with the route's.")
        REDIRECT
    }

    /// How long a request may take on this route.
    @Doc("How long a request may take on this route.")
    public record Timeouts(
            @Doc("From the request's head to the end of the response, tries and policies included. Left out: no limit beyond the upstream's.") @Nullable Duration request,

            @Doc("One try: from the end of the request to the end of the response.") @Nullable Duration perTry,

            @Doc("Instead of the upstream's `response`.") @Nullable Duration response,

            @Doc("Instead of the upstream's `idle`.") @Nullable Duration idle,

            @Doc("Field in which a client may say how long it waits, in milliseconds, such as `X-Request-Timeout`: the shorter of that and `request` applies. The service is told there what is left. Left out: neither.") @Nullable @Pattern(value = RetryConfig.NAME, expected = "the name of a header field such as X-Request-Timeout") String header) {
    }
}
