package io.tidegate.tests.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.attacks.Attacks.Pieces;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/// What clients send: groups A to D.
class RequestAttacksTest {

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        try (TestUpstream nobody = TestUpstream.hello()) {
            gateway = TestGateway.proxyTo(nobody);
        }
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @TestFactory
    Stream<DynamicNode> framing() {
        return Attacks.tests("a-framing", this::run);
    }

    @TestFactory
    Stream<DynamicNode> chunks() {
        return Attacks.tests("b-chunks", this::run);
    }

    @TestFactory
    Stream<DynamicNode> targets() {
        return Attacks.tests("c-target", this::run);
    }

    @TestFactory
    Stream<DynamicNode> fields() {
        return Attacks.tests("d-fields", this::run);
    }

    private void run(AttackCase attack, Pieces pieces) {
        try (TestUpstream upstream = TestUpstream.start(RequestAttacksTest::serve)) {
            gateway.apply(TestGateway.proxying(upstream));
            double rejects = gateway.metric("tidegate_rejects_total", "");
            double fieldsDropped = gateway.metric("tidegate_fields_dropped_total", "") + dropped(attack);
            boolean open = !attack.refused() && !attack.yes("finish") && !"close".equals(attack.one("connection"));
            try (RawClient client = gateway.client()) {
                byte[] message = message(attack);
                client.send(message, pieces.of(message.length));
                if (attack.yes("finish")) {
                    client.finish();
                }
                answers(attack, client);
                open |= "open".equals(attack.one("connection"));
                if (open) {
                    assertThat(client.exchange(Attacks.AFTER).body()).isEqualTo("/after");
                }
            }
            // A request of its own, so that whatever the attack sent to the upstream has arrived when it has.
            try (RawClient other = gateway.client()) {
                assertThat(other.get("/marker").body()).isEqualTo("/marker");
            }
            forwarded(attack, upstream, open);
            assertThat(gateway.metric("tidegate_fields_dropped_total", "")).as("fields counted as dropped so far")
                    .isEqualTo(fieldsDropped);
            Await.until(() -> "the reject to be counted once; counted: "
                    + (gateway.metric("tidegate_rejects_total", "") - rejects),
                    () -> gateway.metric("tidegate_rejects_total", "") == rejects
                            + (attack.refused() && !attack.yes("limit") ? 1 : 0));
        }
    }

    private static int dropped(AttackCase attack) {
        String told = attack.one("dropped");
        return told == null ? 0 : Integer.parseInt(told);
    }

    private static void serve(io.tidegate.testkit.UpstreamConnection connection) throws java.io.IOException {
        for (RawRequest next = connection.request(); next != null; next = connection.request()) {
            String body = next.method().equals("HEAD") ? "" : next.target();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + next.target().length() + "\r\n\r\n" + body);
        }
    }

    private static byte[] message(AttackCase attack) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(attack.bytes("send"));
        if (attack.refused()) {
            message.writeBytes(Attacks.SMUGGLED.getBytes(StandardCharsets.ISO_8859_1));
        }
        return message.toByteArray();
    }

    private static void answers(AttackCase attack, RawClient client) {
        String sent = new String(attack.bytes("send"), StandardCharsets.ISO_8859_1);
        String method = sent.startsWith("HEAD") ? "HEAD" : "GET";
        for (AttackCase.Expectation expected : attack.expectations()) {
            if (expected.statuses().isEmpty()) {
                assertThat(client.ending()).isNotEqualTo(RawClient.Ending.BYTES);
                return;
            }
            RawResponse response = Attacks.receive(client, expected.refuses() ? "GET" : method);
            Attacks.check(response, expected);
            if (expected.refuses() && !"open".equals(attack.one("connection"))) {
                assertThat(response.field("connection")).as("connection").matches("close(, upgrade)?");
            }
        }
        if (attack.refused() ? !"open".equals(attack.one("connection")) : "close".equals(attack.one("connection"))) {
            Attacks.checkClosed(client);
        }
    }

    private static void forwarded(AttackCase attack, TestUpstream upstream, boolean open) {
        List<String> wanted = new ArrayList<>();
        for (String line : attack.all("upstream")) {
            if (!line.equals("nothing") && !line.equals("unfinished")) {
                wanted.add(AttackCase.unescape(line));
            }
        }
        List<RawRequest> ours = upstream.requests().stream().filter(request -> !isOurs(request)).toList();
        assertThat(upstream.failures()).as("what the upstream could not read").isEmpty();
        assertThat(ours).extracting(RawRequest::line).as("requests at the upstream").isEqualTo(wanted);
        if (!"unfinished".equals(attack.one("upstream"))) {
            assertThat(upstream.heads()).as("heads at the upstream").hasSameSizeAs(upstream.requests());
        }
        assertThat(upstream.requests()).as("requests at the upstream").hasSize(wanted.size() + (open ? 2 : 1));
        for (RawRequest request : ours) {
            Attacks.checkFields(attack, request.fields());
            Attacks.checkSingletons(request);
        }
        String body = attack.one("body");
        if (body != null) {
            assertThat(ours.getFirst().body()).as("body at the upstream").isEqualTo(AttackCase.unescape(body));
            assertThat(ours.getFirst().trailers()).as("trailers at the upstream").isEmpty();
        }
        assertThat(upstream.received()).doesNotContain("smuggled");
    }

    private static boolean isOurs(RawRequest request) {
        return request.target().equals("/after") || request.target().equals("/marker");
    }
}
