package io.tidegate.config;

/// Checks the routes that match gRPC calls: what stands beside `grpc`, and whether the services can be called so.
final class GrpcChecks {

    private final CheckContext context;

    GrpcChecks(CheckContext context) {
        this.context = context;
    }

    void run() {
        context.config().routes().forEach((name, route) -> {
            boolean calls = false;
            for (int i = 0; i < route.match().size(); i++) {
                MatchConfig match = route.match().get(i);
                if (match.grpc() != null) {
                    calls = true;
                    beside(match, name, i);
                }
            }
            if (calls) {
                services(name, route);
            }
        });
    }

    private void beside(MatchConfig match, String name, int at) {
        String cure = "stands beside 'grpc', which is a POST to /service/method: leave it out";
        if (match.path() != null) {
            context.errorAtKey(cure, "routes", name, "match", at, "path");
        }
        if (match.pathRegex() != null) {
            context.errorAtKey(cure, "routes", name, "match", at, "pathRegex");
        }
        if (!match.methods().isEmpty()) {
            context.errorAtKey(cure, "routes", name, "match", at, "methods");
        }
        for (String header : match.headers().keySet()) {
            if (header.equalsIgnoreCase("content-type")) {
                context.errorAtKey("stands beside 'grpc', which says what it is: leave it out", "routes", name,
                        "match", at, "headers", header);
            }
        }
    }

    private void services(String name, RouteConfig route) {
        for (String target : route.targets().keySet()) {
            UpstreamConfig upstream = context.config().upstreams().get(target);
            if (upstream != null && upstream.protocol() == ProtocolConfig.HTTP1) {
                String protocol = upstream.isSecure() ? "h2" : "h2c";
                context.error("matches gRPC calls, which need HTTP/2, and leads to '" + target
                        + "', with which HTTP/1.1 is spoken: give upstreams." + target + " 'protocol: " + protocol
                        + "'", "routes", name);
            }
        }
    }
}
