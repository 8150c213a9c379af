package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The whole of a configuration.
@Doc("The whole configuration of a gateway.")
public record GatewayConfig(
        @Doc("Version of this format.") @Default("1") @Range(min = 1, max = 1) int version,

        @Doc("Addresses on which clients are served, by name.") @Default("{ default: { address: ':8080' } }") Map<String, ListenerConfig> listeners,

        @Doc("Services behind the gateway, by name.") @Default("{}") Map<String, UpstreamConfig> upstreams,

        @Doc("Which requests go where, by name. The most specific route wins, never the first one written.") @Default("{}") Map<String, RouteConfig> routes,

        @Doc("Policies of every route, in the order in which they run; those of the route follow.") @Default("[]") List<PolicyConfig> policies,

        @Doc("Lists of policies to put into others with `use`.") @Default("{}") Map<String, List<PolicyConfig>> policySets,

        @Doc("What a route without an authenticating policy is: `open`, or refused at load unless it says `public: true`.") @Default("open") DefaultAccess defaultAccess,

        @Doc("Those who call, by name.") @Default("{}") Map<String, ConsumerConfig> consumers,

        @Doc("Bodies of your own for the gateway's errors, by status (`404`), class (`5xx`) or fault code (`upstream.timeout`).") @Default("{}") Map<String, ErrorResponseConfig> errorResponses,

        @Doc("What the gateway tells of itself.") @Default("{}") TelemetryConfig telemetry,

        @Doc("Where policies keep what outlives a request.") @Default("{}") SharedStateConfig sharedState,

        @Doc("The process as a whole.") @Default("{}") ProcessConfig gateway,

        @Doc("The listener for those who run the gateway.") @Default("{}") AdminConfig admin) {

    /// Header fields of requests that are policies' own to write, wherever these stand.
    public Set<String> ownHeaders() {
        return named(PolicyConfig::ownHeaders);
    }

    /// Parameters of queries that policies find credentials in, wherever these stand.
    public Set<String> secretParameters() {
        return named(PolicyConfig::secretParameters);
    }

    private Set<String> named(Function<PolicyConfig, Set<String>> names) {
        return Stream.of(Stream.of(policies), policySets.values().stream(),
                routes.values().stream().map(RouteConfig::policies)).flatMap(lists -> lists).flatMap(List::stream)
                .map(names).flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());
    }

    /// What becomes of a route that nothing authenticates.
    public enum DefaultAccess {
        @Doc("Such a route is served.")
        OPEN, @Doc("Such a route is an error unless it says `public: true`.")
        DENY
    }
}
