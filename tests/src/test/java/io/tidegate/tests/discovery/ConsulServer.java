package io.tidegate.tests.discovery;

import java.io.IOException;
import java.util.List;

/// A server that answers as Consul's documentation of `/v1/health/service/:service` and of blocking queries has it. Not
/// Consul.
final class ConsulServer extends Registry {

    private String instances = "[]";
    private long index = 1;
    private boolean indexed = true;

    /// An instance as Consul tells of it.
    static String instance(int port, int weight, String status) {
        return """
                {"Node": {"Node": "n1", "Address": "127.0.0.1"},
                 "Service": {"ID": "orders-%1$d", "Service": "orders", "Address": "", "Port": %1$d,
                             "Weights": {"Passing": %2$d, "Warning": 1}, "Meta": {}},
                 "Checks": [{"CheckID": "serfHealth", "Status": "passing"}, {"CheckID": "own", "Status": "%3$s"}]}
                """.formatted(port, weight, status);
    }

    /// From here on these are its instances, in this state.
    synchronized void tell(long at, String... now) {
        instances = "[" + String.join(",", List.of(now)) + "]";
        index = at;
        changed();
    }

    /// Whether it says in which state it is.
    synchronized void indexed(boolean on) {
        indexed = on;
    }

    @Override
    synchronized void answer(Question question) throws IOException, InterruptedException {
        if (!question.path().equals("/v1/health/service/orders")) {
            send(question, 404, "{}");
            return;
        }
        String known = question.query().get("index");
        // Waits while nothing is newer than what is known; an index that went back is answered at once.
        while (known != null && index == Long.parseLong(known) && !isClosed()) {
            wait();
        }
        if (indexed) {
            question.exchange().getResponseHeaders().set("X-Consul-Index", Long.toString(index));
        }
        send(question, 200, instances);
    }
}
