package io.tidegate.config;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import io.tidegate.api.Ratio;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A service behind the gateway.
@Doc("A service behind the gateway.")
public record UpstreamConfig(
        @Doc("Where the service runs. Left out: `discovery` finds it out.") @Default("[]") List<EndpointConfig> endpoints,

        @Doc("Where the endpoints are found, instead of being declared here.") @Nullable DiscoveryConfig discovery,

        @Doc("TLS to endpoints that begin with `https://` or `tls://`. Left out: their certificates must come from an authority that the Java runtime trusts, and be for the endpoint's host.") @Nullable ServiceTlsConfig tls,

        @Doc("Whether each connection to the service begins with a header of the PROXY protocol, which says who the client is. A connection then serves one client's connection alone, and is closed with it.") @Default("off") ProxyProtocol proxyProtocol,

        @Doc("What is spoken with the service. With `h2`, HTTP/1.1 where the service does not agree to more.") @Default("http/1.1") ProtocolConfig protocol,

        @Doc("How an endpoint is chosen.") @Default("leastRequests") LoadBalancingConfig loadBalancing,

        @Doc("Keeps a client with the endpoint that answered it first, by a cookie. Left out: no client is kept.") @Nullable StickySessionConfig stickySession,

        @Doc("In this time the share of an endpoint that is used anew grows from a tenth to the whole: of one that a new configuration adds, and of one that was left out. Left out: it gets its whole share at once.") @Nullable Duration slowStart,

        @Doc("Whether requests stay in the zone of the gateway (`gateway.zone`) where endpoints say their `zone`. `false`: zones mean nothing.") @Default("{}") ZonePreferenceConfig zonePreference,

        @Doc("Uses some of the endpoints alone, each gateway others. Left out: all are used.") @Nullable SubsetConfig subset,

        @Doc("How the gateway itself finds out whether endpoints can be used. Left out: only by what comes of requests.") @Nullable HealthCheckConfig healthCheck,

        @Doc("When an endpoint is left out because of what came of requests to it.") @Default("{}") OutlierDetectionConfig outlierDetection,

        @Doc("Where a smaller share of the endpoints than this can be used, all of them are used again, so that the few do not go down under the load of all. `0%` for never.") @Default("50%") Ratio panicThreshold,

        @Doc("When requests to it are held back because it fails. Left out: never.") @Nullable CircuitBreakerConfig circuitBreaker,

        @Doc("How many requests may run at it at a time.") @Default("adaptive") ConcurrencyConfig maxConcurrency,

        @Doc("Upstream that is used while no endpoint of this one can be, or its circuit breaker is open.") @Nullable String fallback,

        @Doc("Answer that is given while no endpoint can be reached, those of `fallback` included. Routes may say otherwise. Calls of gRPC and WebSocket get an error all the same.") @Nullable FallbackResponseConfig fallbackResponse,

        @Doc("Connections kept to the endpoints.") @Default("{}") Connections connections,

        @Doc("How long the service may take. Routes may say otherwise.") @Default("{}") Timeouts timeouts,

        @Doc("What is sent to it once more. Routes may say otherwise.") @Default("{}") RetryConfig retry,

        @Doc("Bounds of what is accepted from the service.") @Default("{}") ResponseLimits limits) {

    /// Whether a service is told of clients by the PROXY protocol.
    public enum ProxyProtocol {
        @Doc("It is not told.")
        OFF, @Doc("By a line of text.")
        V1, @Doc("By a binary header, which also holds the name that the client asked for by TLS, where it is known.")
        V2
    }

    /// Whether bytes are relayed to it, and not requests: an endpoint says so by its scheme.
    public boolean isRelayed() {
        return endpoints.stream().anyMatch(endpoint -> !endpoint.url().speaksHttp())
                || (discovery != null && discovery.scheme() != null && !discovery.scheme().speaksHttp());
    }

    /// Whether any endpoint is reached by TLS, or may be.
    public boolean isSecure() {
        return endpoints.stream().anyMatch(endpoint -> endpoint.url().secure())
                || (discovery != null && (discovery.file() != null || foundScheme().secure()));
    }

    /// How endpoints are spoken with that are found, where who tells of them does not say it.
    public EndpointUrl.Scheme foundScheme() {
        return discovery != null && discovery.scheme() != null
                ? discovery.scheme().url()
                : tls == null ? EndpointUrl.Scheme.HTTP : EndpointUrl.Scheme.HTTPS;
    }

    /// Connections kept to the endpoints.
    @Doc("Connections kept to the endpoints.")
    public record Connections(
            @Doc("Most connections to one endpoint, over all event loops. With `tcp` and `tlsPassthrough` each client has one; those beyond are closed.") @Default("256") @Range(min = 1) int maxPerEndpoint,

            @Doc("How long a connection is kept without a request. A `Keep-Alive: timeout` of the service shortens it.") @Default("30s") Duration idleTimeout,

            @Doc("Longest wait for a free connection once `maxPerEndpoint` are busy; then 503.") @Default("1s") Duration maxWait) {
    }

    /// How long the service may take.
    @Doc("How long the service may take.")
    public record Timeouts(
            @Doc("Until a connection stands, the time to resolve its name included.") @Default("2s") Duration connect,

            @Doc("From the end of the request to the end of the response. Server-sent events, gRPC and routes with `streaming: true` are excepted.") @Default("15s") Duration response,

            @Doc("Between two reads of a response.") @Default("60s") Duration idle) {
    }

    /// Bounds of what is accepted from the service.
    @Doc("Bounds of what is accepted from the service.")
    public record ResponseLimits(
            @Doc("Largest response head; more is answered 502.") @Default("32KiB") ByteSize responseHead,

            @Doc("Most header fields of a response; more is answered 502.") @Default("200") @Range(min = 1, max = 10000) int responseFields,

            @Doc("Most interim (1xx) responses before the final one; more is answered 502.") @Default("10") @Range(min = 0) int interimResponses) {
    }
}
