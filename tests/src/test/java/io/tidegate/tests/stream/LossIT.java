package io.tidegate.tests.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ProcessConfig.Transport;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestGateway.Setup;
import io.tidegate.tests.Setups;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// A host that is gone without a word: its packets are dropped, on every transport at once, as it takes half a minute
/// until the operating system gives it up.
@EnabledOnOs(OS.LINUX)
class LossIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final List<TestGateway> gateways = new ArrayList<>();
    private final List<RawClient> clients = new ArrayList<>();

    @AfterEach
    void stop() {
        clients.forEach(RawClient::close);
        gateways.forEach(TestGateway::close);
    }

    private RawClient connected(TestGateway gateway) throws IOException {
        RawClient client = RawClient.connect(gateway.address());
        clients.add(client);
        assertThat(client.send("a").input().read()).isEqualTo('a');
        return client;
    }

    private static double open(TestGateway gateway) {
        return gateway.metric("tidegate_stream_connections_open", "");
    }

    @Test
    void whoSaysNothingAndWhoSendsLearnThatItIsGone() throws IOException, InterruptedException {
        try (VanishingHost host = new VanishingHost()) {
            List<RawClient> sending = new ArrayList<>();
            for (Setup setup : Setups.single().toList()) {
                TestGateway gateway = TestGateway.start(setup,
                        StreamYaml.with("", "", "tcp://127.0.0.1:" + host.port()));
                gateways.add(gateway);
                connected(gateway);
                // The JDK's sockets can't be told for how long something may stay without an acknowledgement.
                if (setup.transport() != Transport.NIO) {
                    sending.add(connected(gateway));
                }
            }
            assertThat(gateways).allMatch(gateway -> open(gateway) > 0);

            host.vanish();
            sending.forEach(client -> client.send("b"));

            Await.until(PATIENCE, () -> "both kinds of connections to be given up; open: "
                    + gateways.stream().map(LossIT::open).toList(),
                    () -> gateways.stream().allMatch(gateway -> open(gateway) == 0));
            assertThat(clients).allSatisfy(client -> assertThat(client.ending()).isEqualTo(RawClient.Ending.RESET));
        }
    }
}
