package io.tidegate.tests.balance;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/// Tests with services that say who they are.
@SuppressWarnings("NullAway.Init")
abstract class BalanceFixture {

    final List<TestUpstream> services = new ArrayList<>();
    final List<RawClient> clients = new ArrayList<>();
    TestGateway gateway;

    @AfterEach
    void stop() {
        if (gateway != null) {
            closeGateway();
        }
        services.forEach(TestUpstream::close);
    }

    /// Closes the gateway, and the clients that hold connections to it.
    void closeGateway() {
        clients.forEach(RawClient::close);
        clients.clear();
        gateway.close();
    }

    /// Services that answer with their names: `s0`, `s1` and so on.
    void services(int count) {
        for (int i = 0; i < count; i++) {
            services.add(TestUpstream.start(saying("s" + i)));
        }
    }

    static TestUpstream.Script saying(String name) {
        return TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: " + name.length() + "\r\n\r\n" + name);
    }

    TestUpstream service(int index) {
        return services.get(index);
    }

    String url(int index) {
        return '"' + service(index).url() + '"';
    }

    /// All services, as the configuration has them.
    TestUpstream[] all() {
        return services.toArray(new TestUpstream[0]);
    }

    RawClient client() {
        RawClient made = gateway.client();
        clients.add(made);
        return made;
    }

    static RawResponse get(RawClient client, String target, String... fields) {
        StringBuilder text = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: a\r\n");
        for (String field : fields) {
            text.append(field).append("\r\n");
        }
        return client.exchange(text.append("\r\n").toString());
    }

    /// Who answers.
    static String who(RawClient client, String target, String... fields) {
        return get(client, target, fields).body();
    }
}
