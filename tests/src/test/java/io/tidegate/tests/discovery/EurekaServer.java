package io.tidegate.tests.discovery;

import java.io.IOException;
import java.util.List;

/// A server that answers as Eureka's REST operations are documented, in the JSON that Netflix's server writes. Not
/// Eureka.
final class EurekaServer extends Registry {

    private volatile String instances = "";

    /// An instance as Eureka tells of it.
    static String instance(int port, int securePort, String status) {
        return """
                {"instanceId": "i-%1$d", "hostName": "127.0.0.1", "app": "ORDERS", "ipAddr": "127.0.0.1",
                 "status": "%3$s", "port": {"$": %1$d, "@enabled": "true"},
                 "securePort": {"$": %2$d, "@enabled": "%4$s"}, "metadata": {"zone": "eu-1a"}}
                """.formatted(port, securePort, status, securePort > 0);
    }

    /// From here on these are registered.
    void tell(String... now) {
        instances = String.join(",", List.of(now));
    }

    @Override
    void answer(Question question) throws IOException {
        if (!question.path().equals("/eureka/apps/orders") || instances.isEmpty()) {
            send(question, 404, "");
            return;
        }
        send(question, 200, "{\"application\": {\"name\": \"ORDERS\", \"instance\": [" + instances + "]}}");
    }
}
