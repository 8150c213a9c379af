package io.tidegate.tests.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// How a connection of WebSocket is asked for, agreed to, and refused.
class HandshakeTest extends WebSocketFixture {

    private static final String FORBID = "policies: [{ respond: { status: 403, body: no } }]";

    @Test
    void theServiceSeesAHandshakeOfItsProtocolAndTheClientAnAnswerOfIts() {
        List<String> seen = new CopyOnWriteArrayList<>();
        serve(peer -> {
            seen.add(String.valueOf(peer.field("sec-websocket-version")));
            seen.add(String.valueOf(peer.field("sec-websocket-protocol")));
            seen.add(String.valueOf(peer.field("sec-websocket-key")));
            seen.add(String.valueOf(peer.field("x-forwarded-for")));
            seen.add(String.valueOf(peer.field(":protocol")));
            seen.add(String.valueOf(peer.field(":method")));
            ServicePeer.echo(peer);
        });
        try (ClientPeer client = open("sec-websocket-protocol", "chat, other")) {
            assertThat(client.stands()).isTrue();
            assertThat(client.field("sec-websocket-protocol")).isEqualTo("chat");
            assertThat(client.field("sec-websocket-accept"))
                    .isEqualTo(way.http2Client() ? null : ClientPeer.ACCEPT);
            assertThat(client.exchange(Frame.text("x"))).isNotNull();
        }
        assertThat(seen.subList(0, 2)).containsExactly("13", "chat, other");
        assertThat(seen.get(3)).isEqualTo("127.0.0.1");
        if (way.http2Service()) {
            assertThat(seen.get(2)).isEqualTo("null");
            assertThat(seen.subList(4, 6)).containsExactly("websocket", "CONNECT");
        } else {
            // The gateway's own key, not the client's.
            assertThat(seen.get(2)).hasSize(24).isNotEqualTo(ClientPeer.KEY);
            RawRequest head = upstream().head(0);
            assertThat(head.line()).isEqualTo("GET /chat?x=1 HTTP/1.1");
            assertThat(head.count("sec-websocket-key")).isEqualTo(1);
            assertThat(head.field("connection")).isEqualTo("Upgrade");
            assertThat(head.field("upgrade")).isEqualTo("websocket");
        }
    }

    @Test
    void nothingGoesToTheServiceBeforeItAgrees() {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        List<Integer> early = new CopyOnWriteArrayList<>();
        if (way.http2Service()) {
            // The frames of HTTP/2 would be seen by what the service reads before it answers.
            start(connection -> {
                Http2Service service = Http2Service.accept(connection, ServicePeer.ENABLE_CONNECT, 1);
                Http2Service.Request head = Objects.requireNonNull(service.head());
                early.add(0);
                service.answer(head, 403, "no");
                early.add(service.awaitReset(head.stream()));
            });
        } else {
            start(connection -> {
                connection.head();
                gate.pass();
                early.add(connection.input().available());
                connection.answer("no");
            });
        }
        gate.open();
        try (ClientPeer client = ClientPeer.open(gateway().address(), way.http2Client(),
                Frame.text("early").bytes(true))) {
            assertThat(client.stands()).isEqualTo(way.http2Client() && !way.http2Service());
            assertThat(client.body()).isEqualTo("no");
        }
        assertThat(early.getFirst()).isZero();
    }

    @Test
    void whatCameEarlyGoesOnOnceTheServiceAgrees() {
        serve(ServicePeer::echo);
        try (ClientPeer client = ClientPeer.open(gateway().address(), way.http2Client(),
                Frame.text("early").bytes(true))) {
            assertThat(client.stands()).isTrue();
            assertThat(Objects.requireNonNull(client.read()).text()).isEqualTo("early");
        }
    }

    @Test
    void aPolicyRefusesAHandshakeAsAnyRequest() {
        serve(ServicePeer::echo, FORBID);
        try (ClientPeer client = open()) {
            assertThat(client.status()).isEqualTo(403);
            assertThat(client.body()).isEqualTo("no");
        }
        assertThat(upstream().connections()).isZero();
    }

    @Test
    void policiesChangeTheFieldsOfHandshakeAndAnswer() {
        List<String> seen = new CopyOnWriteArrayList<>();
        serve(peer -> {
            seen.add(String.valueOf(peer.field("x-added")));
            ServicePeer.echo(peer);
        }, "policies: [{ headers: { request: { set: { x-added: \"1\" } }, response: { set: { x-answered: \"2\" } } } }]");
        try (ClientPeer client = open()) {
            assertThat(client.stands()).isTrue();
            assertThat(client.field("x-answered")).isEqualTo("2");
            assertThat(Objects.requireNonNull(client.exchange(Frame.text("x"))).text()).isEqualTo("x");
        }
        assertThat(seen).containsExactly("1");
    }

    @Test
    void aRefusalOfTheServiceComesThrough() {
        if (way.http2Service()) {
            start(connection -> {
                Http2Service service = Http2Service.accept(connection, ServicePeer.ENABLE_CONNECT, 1);
                service.answer(Objects.requireNonNull(service.head()), 401, "who are you");
                service.awaitEnd();
            });
        } else {
            start(connection -> {
                connection.head();
                connection.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 11\r\n\r\nwho are you");
                connection.awaitEnd();
            });
        }
        try (ClientPeer client = open()) {
            assertThat(client.status()).isEqualTo(401);
            assertThat(client.body()).isEqualTo("who are you");
        }
    }

    @Test
    void aRouteWithoutWebSocketRefusesIt() {
        serve(ServicePeer::echo, "websocket: { enabled: false }");
        try (ClientPeer client = open()) {
            assertThat(client.status()).isEqualTo(403);
            assertThat(client.body()).contains("websocket.refused");
        }
        assertThat(upstream().connections()).isZero();
    }

    @Test
    void anotherVersionIsToldTheRightOne() {
        serve(ServicePeer::echo);
        if (way.http2Client()) {
            try (Http2Client client = Http2Client.connect(gateway().address())) {
                int stream = client.nextStream();
                client.headers(stream, false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "http",
                        ":authority", "a", ":path", "/", "sec-websocket-version", "8");
                Http2Response response = client.response(stream);
                assertThat(response.status()).isEqualTo(426);
                assertThat(response.fields()).anyMatch(
                        field -> field.name().equals("sec-websocket-version") && field.value().equals("13"));
            }
            return;
        }
        try (RawClient client = gateway().client()) {
            RawResponse response = client.exchange(ClientPeer.head("/").replace("Version: 13", "Version: 8") + "\r\n");
            assertThat(response.status()).isEqualTo(426);
            assertThat(response.fault()).isEqualTo("websocket.version");
            assertThat(response.field("sec-websocket-version")).isEqualTo("13");
            assertThat(response.field("upgrade")).isEqualTo("websocket");
            // What comes behind it may be frames: it is not read.
            assertThat(response.field("connection")).isEqualTo("close, upgrade");
            assertThat(client.ending()).isEqualTo(RawClient.Ending.CLOSED);
        }
    }

    @Test
    void timeoutsOfTheRouteSayNothingOfAConnectionThatStands() {
        TestGateway running = serve(ServicePeer::echo,
                "timeouts: { request: 200ms, response: 200ms, idle: 200ms, perTry: 200ms }");
        try (ClientPeer client = open()) {
            // As long as it takes for another request to be cut off by the same times.
            start(TestUpstream.silent(), running);
            assertThat(Objects.requireNonNull(client.exchange(Frame.text("still here"))).text())
                    .isEqualTo("still here");
        }
    }

    private void start(TestUpstream.Script silent, TestGateway running) {
        upstream().script(silent);
        try (RawClient other = RawClient.connect(running.address())) {
            assertThat(other.get("/").status()).isGreaterThanOrEqualTo(500);
        }
    }
}
