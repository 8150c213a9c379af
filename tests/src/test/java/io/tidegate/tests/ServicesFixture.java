package io.tidegate.tests;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/// Tests with any number of services behind a gateway, all of which end with the test.
@SuppressWarnings("NullAway.Init")
public abstract class ServicesFixture {

    protected static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    protected final List<TestUpstream> services = new ArrayList<>();
    protected TestGateway gateway;

    @AfterEach
    final void stop() {
        if (gateway != null) {
            gateway.close();
        }
        services.forEach(TestUpstream::close);
    }

    protected final TestUpstream service(TestUpstream.Script script) {
        TestUpstream made = TestUpstream.start(script);
        services.add(made);
        return made;
    }

    protected final TestUpstream hello() {
        return service(TestUpstream.answering(HELLO));
    }

    protected final RawResponse get() {
        return get("/");
    }

    protected final RawResponse get(String path) {
        try (RawClient client = gateway.client()) {
            return client.get(path);
        }
    }
}
