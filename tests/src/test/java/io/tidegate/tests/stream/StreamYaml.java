package io.tidegate.tests.stream;

import io.tidegate.testkit.TestUpstream;
import java.util.Arrays;
import java.util.stream.Collectors;

/// Configurations whose only listener relays bytes.
final class StreamYaml {

    private StreamYaml() {
    }

    static String url(TestUpstream service) {
        return "tcp://127.0.0.1:" + service.port();
    }

    /// A listener that relays to these services.
    static String to(TestUpstream... services) {
        return with("", "", Arrays.stream(services).map(StreamYaml::url).toArray(String[]::new));
    }

    /// A listener with `tcp` that relays to these endpoints.
    ///
    /// @param listener
    ///            further keys of the listener, each with a comma in front
    /// @param upstream
    ///            further keys of the upstream, each with a comma in front
    static String with(String listener, String upstream, String... endpoints) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0", tcp: { upstream: all }%s }
                upstreams:
                  all: { endpoints: [%s]%s }
                telemetry: { accessLog: { to: none } }
                """.formatted(listener,
                Arrays.stream(endpoints).map(url -> '"' + url + '"').collect(Collectors.joining(", ")), upstream);
    }
}
