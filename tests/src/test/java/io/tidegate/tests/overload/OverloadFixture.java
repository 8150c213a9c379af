package io.tidegate.tests.overload;

import io.tidegate.config.ProcessConfig;
import io.tidegate.engine.EngineOptions;
import io.tidegate.engine.overload.Signs;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/// A gateway with a route of each criticality, whose heap is as full as a test says.
@SuppressWarnings("NullAway.Init")
abstract class OverloadFixture {

    static final double NOTHING_SHORT = 0;
    /// All of what is low is shed, and some of what is normal.
    static final double SOME_SHORT = 0.3;
    /// Only what is critical is served.
    static final double MUCH_SHORT = 0.5;
    /// Nothing is served.
    static final double ALL_SHORT = 1;

    private static final double BEGIN = 0.85;
    private static final double STOP = 0.95;

    /// Signs that a test sets.
    static final class SetSigns implements Signs {

        volatile double heap;
        volatile double buffers;
        volatile boolean lag;

        @Override
        public double heap() {
            return heap;
        }

        @Override
        public double buffers() {
            return buffers;
        }

        @Override
        public boolean lag() {
            return lag;
        }
    }

    final SetSigns signs = new SetSigns();
    final TestUpstream upstream = TestUpstream.hello();
    private TestGateway gateway;

    TestGateway gateway() {
        return gateway;
    }

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
        upstream.close();
    }

    static String yaml(String url, String more) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  all: { endpoints: ["%s"], timeouts: { connect: 20s } }
                telemetry: { accessLog: { to: none } }
                routes:
                  low: { match: [{ path: "/low/**" }], upstream: all, criticality: low }
                  normal: { match: [{ path: "/normal/**" }], upstream: all }
                  critical: { match: [{ path: "/critical/**" }], upstream: all, criticality: critical }
                %s
                """.formatted(url, more);
    }

    TestGateway start(TestGateway.Setup setup, UnaryOperator<EngineOptions> options, String yaml) {
        gateway = TestGateway.start(setup, given -> options.apply(given.withSigns(signs)), yaml);
        return gateway;
    }

    TestGateway start(String more) {
        return start(TestGateway.Setup.PLAIN, UnaryOperator.identity(), yaml(upstream.url(), more));
    }

    /// Sets how short memory is, 0 to 1, and waits until the event loops know.
    void setPressure(double pressure) {
        signs.heap = BEGIN + pressure * (STOP - BEGIN);
        Await.until(() -> "the pressure to be " + pressure + ", is " + gateway.status().pressure(),
                () -> Math.abs(gateway.status().pressure() - pressure) < 1e-6);
    }

    double shed(String labels) {
        return gateway.metric("tidegate_requests_shed_total", labels);
    }

    /// Options with so many client connections at most.
    static EngineOptions connections(EngineOptions given, int most) {
        ProcessConfig process = given.process();
        return new EngineOptions(new ProcessConfig(process.workers(), process.transport(), ProcessConfig.Count.of(most),
                Duration.ofSeconds(30), Duration.ZERO, null, process.overload(), null, null), given.version(),
                given.policyBounds(), given.nameServers(), given.challenges(), given.signs(),
                given.sources(), given.remotes());
    }
}
