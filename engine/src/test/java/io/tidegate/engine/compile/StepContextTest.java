package io.tidegate.engine.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Consumers;
import io.tidegate.api.HttpCaller;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.state.RemoteStates;
import io.tidegate.engine.state.SharedState;
import io.tidegate.engine.worker.BackgroundWork;
import io.tidegate.engine.worker.Transport;
import io.tidegate.engine.worker.Workers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What policies share.
class StepContextTest {

    private final Workers workers = new Workers(1, Transport.NIO);
    private final BackgroundWork background = new BackgroundWork();
    private final Metrics metrics = new Metrics(1, new Metrics.BuildInfo("test", "any"));
    private final SharedState state = new SharedState(workers, metrics, RemoteStates.none());
    private final PolicyWorld world = new PolicyWorld(new SharedValues(), state, metrics, 1, background);

    @AfterEach
    void close() {
        state.close();
        background.close();
        workers.close();
    }

    private StepContext context(String type, int place) {
        return new StepContext(world, Consumers.NONE, type, "routes.all.policies[" + place + "]");
    }

    private static HttpClientConfig settings(int maxCalls) {
        return new HttpClientConfig(Duration.ofSeconds(1), Duration.ofSeconds(2), new ByteSize(1000), maxCalls, null,
                null, null);
    }

    @Test
    void policiesOfOneTypeWithTheSameSettingsShareTheirCallsAndNoOthersDo() {
        StepContext one = context("jwt", 0);
        StepContext same = context("jwt", 1);
        StepContext other = context("opa", 2);
        HttpCaller calls = one.http(settings(2));

        assertThat(same.http(settings(2))).isSameAs(calls);
        assertThat(same.http(settings(3))).isNotSameAs(calls);
        assertThat(other.http(settings(2))).isNotSameAs(calls);
        one.release();
        assertThat(context("jwt", 3).http(settings(2))).isSameAs(calls);
        same.release();
        other.release();
    }
}
