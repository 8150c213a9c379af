package io.tidegate.tests;

import io.tidegate.testkit.TestUpstream;
import java.util.Arrays;
import java.util.stream.Collectors;

/// A configuration with one listener, one upstream and one route that takes everything, and what a test adds to them.
public final class GatewayYaml {

    private final String endpoints;
    private String address = "127.0.0.1:0";
    private String listener = "";
    private String upstream = "";
    private String route = "";
    private String beside = "";
    private String rest = "";

    private GatewayYaml(String endpoints) {
        this.endpoints = endpoints;
    }

    /// Leads to these services.
    public static GatewayYaml to(TestUpstream... services) {
        return to(Arrays.stream(services).map(TestUpstream::url).toArray(String[]::new));
    }

    /// Leads to these endpoints.
    public static GatewayYaml to(String... urls) {
        return new GatewayYaml(Arrays.stream(urls).map(url -> '"' + url + '"').collect(Collectors.joining(", ")));
    }

    /// Leads to these endpoints, written as the configuration has them.
    public static GatewayYaml toEndpoints(String endpoints) {
        return new GatewayYaml(endpoints);
    }

    /// Listens there.
    public GatewayYaml at(String where) {
        address = where;
        return this;
    }

    /// Adds keys to the listener: `timeouts: { idle: 1s }`.
    public GatewayYaml listener(String keys) {
        listener += ", " + keys;
        return this;
    }

    /// Adds keys to the upstream.
    public GatewayYaml upstream(String keys) {
        upstream += ", " + keys;
        return this;
    }

    /// Adds keys to the route.
    public GatewayYaml route(String keys) {
        route += ", " + keys;
        return this;
    }

    /// Adds a route: `open: { upstream: all }`.
    public GatewayYaml beside(String other) {
        beside += "  " + other + "\n";
        return this;
    }

    /// Adds lines at the top level.
    public GatewayYaml with(String lines) {
        rest += lines + "\n";
        return this;
    }

    /// The whole text.
    public String text() {
        return """
                listeners:
                  default: { address: "%s"%s }
                upstreams:
                  all: { endpoints: [%s]%s }
                routes:
                  all: { upstream: all%s }
                %s%s%s""".formatted(address, listener, endpoints, upstream, route, beside,
                rest.contains("telemetry:") ? "" : "telemetry: { accessLog: { to: none } }\n", rest);
    }
}
