package io.tidegate.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A configuration file with a listener `web`, one service that everything goes to and an administration interface, and
/// what a test adds to them.
final class ProgramYaml {

    private final String endpoint;
    private String listener = "";
    /// A busy machine is no reason to shed what a test sends.
    private String gateway = "overload: { lag: 10s }";
    private String routes = "";

    private ProgramYaml(String endpoint) {
        this.endpoint = endpoint;
    }

    /// Leads to this endpoint.
    static ProgramYaml to(String endpoint) {
        return new ProgramYaml(endpoint);
    }

    /// Adds keys to the listener: `limits: { requestsPerConnection: 10 }`.
    ProgramYaml listener(String keys) {
        listener += ", " + keys;
        return this;
    }

    /// Adds keys to the process as a whole: `drain: 5s`.
    ProgramYaml gateway(String keys) {
        gateway += ", " + keys;
        return this;
    }

    /// Adds a route to the service.
    ///
    /// @param keys
    ///            what it has besides its upstream
    ProgramYaml route(String name, String keys) {
        routes += "  %s: { upstream: service, %s }\n".formatted(name, keys);
        return this;
    }

    /// Writes it where a program that runs in `folder` looks for it.
    void writeTo(Path folder) throws IOException {
        Files.writeString(folder.resolve("tidegate.yaml"), """
                listeners:
                  web: { address: "127.0.0.1:0"%s }
                upstreams:
                  service: { endpoints: ["%s"] }
                routes:
                  all: { upstream: service }
                %stelemetry: { accessLog: { to: none } }
                gateway: { %s }
                admin: { address: "127.0.0.1:0" }
                """.formatted(listener, endpoint, routes, gateway));
    }
}
