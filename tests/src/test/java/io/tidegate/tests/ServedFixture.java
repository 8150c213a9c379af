package io.tidegate.tests;

import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/// A service and a gateway that a test starts, each at its time, and that end with the test.
public abstract class ServedFixture {

    private @Nullable TestUpstream upstream;
    private @Nullable TestGateway gateway;

    /// This is the service.
    protected final TestUpstream serve(TestUpstream started) {
        upstream = started;
        return started;
    }

    /// This is the gateway.
    protected final TestGateway run(TestGateway started) {
        gateway = started;
        return started;
    }

    /// The service.
    protected final TestUpstream upstream() {
        if (upstream == null) {
            throw new IllegalStateException("no service was started");
        }
        return upstream;
    }

    /// The gateway.
    protected final TestGateway gateway() {
        if (gateway == null) {
            throw new IllegalStateException("no gateway was started");
        }
        return gateway;
    }

    @AfterEach
    final void stop() {
        if (gateway != null) {
            gateway.close();
        }
        if (upstream != null) {
            upstream.close();
        }
    }
}
