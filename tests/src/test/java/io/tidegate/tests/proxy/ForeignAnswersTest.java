package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// No request goes where another one was meant to go, and none gets another one's answer.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#single")
class ForeignAnswersTest extends ProxyTest {

    /// A service that accepts nothing before it is told to: its queue is full, so that connections wait.
    private static final class Unready implements AutoCloseable {

        private final ServerSocketChannel server = ServerSocketChannel.open();
        private final List<SocketChannel> filling = new ArrayList<>();
        private final List<String> received = new CopyOnWriteArrayList<>();

        Unready() throws IOException {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            for (int i = 0; i < 8; i++) {
                SocketChannel one = SocketChannel.open();
                one.configureBlocking(false);
                one.connect(server.getLocalAddress());
                filling.add(one);
            }
        }

        String url() throws IOException {
            return "http://127.0.0.1:" + ((InetSocketAddress) server.getLocalAddress()).getPort();
        }

        void accept() throws IOException {
            for (SocketChannel one : filling) {
                one.close();
            }
            Thread.ofPlatform().daemon().start(() -> {
                while (server.isOpen()) {
                    try {
                        SocketChannel accepted = server.accept();
                        Thread.ofPlatform().daemon().start(() -> serve(accepted));
                    } catch (IOException e) {
                        // Closed: the test is over.
                        return;
                    }
                }
            });
        }

        private void serve(SocketChannel connection) {
            ByteBuffer in = ByteBuffer.allocate(8192);
            try (connection) {
                while (connection.read(in) > 0) {
                    received.add(new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1));
                    in.clear();
                    connection.write(ByteBuffer.wrap("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                            .getBytes(StandardCharsets.ISO_8859_1)));
                }
            } catch (IOException e) {
                // The gateway went away.
                return;
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (SocketChannel one : filling) {
                one.close();
            }
        }
    }

    @Test
    void aConnectionThatComesLateDoesNotCarryTheNextRequest() throws IOException {
        try (Unready slow = new Unready(); Unready other = new Unready(); RawClient client = gateway.client()) {
            gateway.apply("""
                    listeners:
                      default: { address: "127.0.0.1:0" }
                    upstreams:
                      slow: { endpoints: ["%s"], timeouts: { connect: 25s } }
                      other: { endpoints: ["%s"], timeouts: { connect: 25s } }
                    routes:
                      slow: { match: [{ path: /slow }], upstream: slow, timeouts: { request: 100ms } }
                      other: { match: [{ path: /other }], upstream: other }
                    telemetry: { accessLog: { to: none } }
                    """.formatted(slow.url(), other.url()));
            assertThat(client.get("/slow").status()).isEqualTo(504);
            client.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
            slow.accept();
            Await.until("the late connection to stand",
                    () -> gateway.metric("tidegate_upstream_connects_total", "upstream=\"slow\"") > 0);
            other.accept();
            assertThat(client.receive().status()).isEqualTo(200);
            assertThat(slow.received).isEmpty();
            assertThat(other.received).hasSize(1).allMatch(request -> request.startsWith("GET /other "));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n"})
    void whatComesBehindAnAnswerIsNotTheAnswerToWhoeverWaits(String first) {
        TestUpstream.Gate gate = new TestUpstream.Gate();
        upstream.script(connection -> {
            connection.request();
            if (connection.index() == 0) {
                gate.pass();
                connection.send(first + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
                connection.awaitEnd();
            } else {
                connection.answer("second");
            }
        });
        gateway.apply(GatewayYaml.to(upstream).upstream(ONE_CONNECTION).text());
        try (RawClient one = gateway.client(); RawClient two = gateway.client()) {
            sendOneBehindTheOther(one, two);
            gate.open();
            assertThat(one.receive().body()).isIn("first", "");
            assertThat(two.receive().body()).isEqualTo("second");
            assertThat(upstream.connections()).isEqualTo(2);
        }
    }
}
