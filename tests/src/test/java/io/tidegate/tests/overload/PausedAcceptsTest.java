package io.tidegate.tests.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Newcomers while memory is about to end.
class PausedAcceptsTest extends OverloadFixture {

    private static final int NEWCOMERS = 20;

    @ParameterizedTest
    @MethodSource("io.tidegate.tests.Setups#all")
    void newcomersWaitAndAreServedOnceThereIsRoom(TestGateway.Setup setup) {
        start(setup, UnaryOperator.identity(), yaml(upstream.url(), ""));
        List<RawClient> newcomers = new ArrayList<>();
        try (RawClient client = gateway().client()) {
            assertThat(client.get("/low/").status()).isEqualTo(200);
            setPressure(ALL_SHORT);
            Await.until("accepting to pause", () -> gateway().status().acceptsPaused());
            for (int i = 0; i < NEWCOMERS; i++) {
                newcomers.add(gateway().client().send("GET /normal/ HTTP/1.1\r\nHost: a\r\n\r\n"));
            }
            Await.until("requests on a connection that is there to be shed",
                    () -> client.get("/low/").status() == 503);
            assertThat(client.get("/critical/").status()).isEqualTo(503);
            // A newcomer on a loop that has not ticked since then may be served, now or later.
            assertThat(upstream.requests()).noneMatch(request -> request.target().startsWith("/critical/"));
            assertThat(gateway().metric("tidegate_accepts_paused", "")).isEqualTo(1);
            // One may be accepted by what was under way already; it is told like everyone else then.
            assertThat(gateway().status().connections()).as("connections that were accepted").isLessThan(NEWCOMERS);

            setPressure(NOTHING_SHORT);
            Await.until("accepting to go on", () -> !gateway().status().acceptsPaused());
            newcomers.forEach(PausedAcceptsTest::isServed);
            assertThat(client.get("/low/").status()).isEqualTo(200);
        } finally {
            newcomers.forEach(RawClient::close);
        }
        assertThat(gateway().metric("tidegate_accept_pauses_total", "")).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("io.tidegate.tests.Setups#single")
    void aListenerThatComesMeanwhileWaitsToo(TestGateway.Setup setup) {
        start(setup, UnaryOperator.identity(), yaml(upstream.url(), ""));
        setPressure(ALL_SHORT);
        Await.until("accepting to pause", () -> gateway().status().acceptsPaused());
        gateway().apply(yaml(upstream.url(), "").replace("listeners:",
                "listeners:\n  more: { address: \"127.0.0.1:0\" }"));
        try (RawClient client = RawClient.connect(gateway().address("more"))) {
            client.send("GET /low/ HTTP/1.1\r\nHost: a\r\n\r\n");
            setPressure(NOTHING_SHORT);
            isServed(client);
        }
    }

    /// A loop that has not ticked since then may still shed the first.
    private static void isServed(RawClient newcomer) {
        if (newcomer.receive().status() == 503) {
            Await.until("a request to be served", () -> newcomer.get("/normal/").status() == 200);
        }
    }
}
