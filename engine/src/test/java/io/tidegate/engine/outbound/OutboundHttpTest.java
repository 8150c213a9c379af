package io.tidegate.engine.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tidegate.api.ByteSize;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Field;
import io.tidegate.api.FilePath;
import io.tidegate.api.HttpCaller.Answer;
import io.tidegate.api.HttpCaller.Call;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.engine.worker.BackgroundWork;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Calls of servers, with real ones.
class OutboundHttpTest {

    private final BackgroundWork threads = new BackgroundWork();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch held = new CountDownLatch(1);
    private final ExecutorService serving = Executors.newVirtualThreadPerTaskExecutor();
    @SuppressWarnings("NullAway.Init") // before each test
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(serving);
        server.createContext("/echo", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("X-Seen",
                    String.valueOf(exchange.getRequestHeaders().getFirst("X-Sent")));
            exchange.sendResponseHeaders(201, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/echo");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.createContext("/held", exchange -> {
            arrived.countDown();
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        held.countDown();
        server.stop(0);
        serving.close();
        threads.close();
    }

    private static HttpClientConfig settings(Duration timeout, long maxBody, int maxCalls, @Nullable FilePath ca) {
        return new HttpClientConfig(Duration.ofSeconds(10), timeout, new ByteSize(maxBody), maxCalls, ca, null, null);
    }

    private OutboundHttp client(HttpClientConfig settings) {
        return new OutboundHttp(settings, threads);
    }

    private OutboundHttp client() {
        return client(settings(Duration.ofSeconds(30), 1024, 2, null));
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private static CompletableFuture<Answer> send(OutboundHttp client, Call call) {
        return client.send(call).toCompletableFuture();
    }

    private static void fails(CompletableFuture<Answer> answer, String why) {
        assertThatThrownBy(answer::join).isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IOException.class).hasMessageContaining(why);
    }

    @Test
    void theAnswerComesWithItsStatusFieldsAndBody() {
        try (OutboundHttp client = client()) {
            Answer answer = send(client, new Call("POST", at("/echo"), List.of(new Field("x-sent", "a")),
                    "body".getBytes(StandardCharsets.UTF_8))).join();

            assertThat(answer.status()).isEqualTo(201);
            assertThat(answer.header("X-SEEN")).isEqualTo("a");
            assertThat(answer.header("x-other")).isNull();
            assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo("body");
        }
    }

    @Test
    void redirectsAreNotFollowed() {
        try (OutboundHttp client = client()) {
            assertThat(send(client, Call.get(at("/moved"), List.of())).join().status()).isEqualTo(302);
        }
    }

    @Test
    void aLargerBodyThanAllowedIsAFailure() {
        try (OutboundHttp client = client()) {
            fails(send(client, new Call("POST", at("/echo"), List.of(), new byte[1025])), "body exceeds capacity");
            assertThat(send(client, new Call("POST", at("/echo"), List.of(), new byte[1024])).join().body())
                    .hasSize(1024);
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsAFailureInTime() {
        try (OutboundHttp client = client(settings(Duration.ofMillis(50), 1024, 2, null))) {
            fails(send(client, Call.get(at("/held"), List.of())), "within 50 ms");
        }
    }

    @Test
    void moreCallsAtATimeThanAllowedFailAtOnce() {
        try (OutboundHttp client = client()) {
            CompletableFuture<Answer> first = send(client, Call.get(at("/held"), List.of()));
            CompletableFuture<Answer> second = send(client, Call.get(at("/held"), List.of()));

            CompletableFuture<Answer> third = send(client, Call.get(at("/echo"), List.of()));

            assertThat(third).isCompletedExceptionally();
            fails(third, "more than 2 calls");
            held.countDown();
            assertThat(first.join().status()).isEqualTo(200);
            assertThat(second.join().status()).isEqualTo(200);
        }
    }

    @Test
    void aServerThatIsSlowTakesNoCallsAwayFromAnother() throws IOException {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        other.start();
        try (OutboundHttp client = client()) {
            CompletableFuture<Answer> first = send(client, Call.get(at("/held"), List.of()));
            CompletableFuture<Answer> second = send(client, Call.get(at("/held"), List.of()));

            assertThat(send(client, Call.get(URI.create("http://127.0.0.1:" + other.getAddress().getPort() + "/"),
                    List.of())).join().status()).isEqualTo(204);
            fails(send(client, Call.get(at("/echo"), List.of())), "more than 2 calls");

            held.countDown();
            assertThat(first.join().status()).isEqualTo(200);
            assertThat(second.join().status()).isEqualTo(200);
        } finally {
            other.stop(0);
        }
    }

    private static X509Bundle certificate() throws Exception {
        return new CertificateBuilder().subject("CN=Server").addSanIpAddress("127.0.0.1")
                .setIsCertificateAuthority(true).ecp256().buildSelfSigned();
    }

    private static void write(Path file, X509Bundle certificate, int second) throws IOException {
        Files.writeString(file, certificate.getCertificatePEM());
        Files.setLastModifiedTime(file, FileTime.fromMillis(1000L * second));
    }

    @Test
    void filesThatWereReplacedAreReadAgainAndOnesThatCantBeUsedChangeNothing(@TempDir Path folder) throws Exception {
        X509Bundle served = certificate();
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(served.toKeyManagerFactory().getKeyManagers(), null, null);
        HttpsServer secure = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        secure.setHttpsConfigurator(new HttpsConfigurator(tls));
        secure.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        secure.start();
        Path ca = folder.resolve("ca.pem");
        write(ca, certificate(), 1);
        URI url = URI.create("https://127.0.0.1:" + secure.getAddress().getPort() + "/");
        try (OutboundHttp client = client(settings(Duration.ofSeconds(30), 1024, 2, FilePath.of(ca.toString())))) {
            fails(send(client, Call.get(url, List.of())), "no answer from");

            write(ca, served, 2);
            client.renew();

            assertThat(send(client, Call.get(url, List.of())).join().status()).isEqualTo(204);
            Files.writeString(ca, "broken");
            assertThatThrownBy(client::renew).isInstanceOf(ConfigException.class);
            assertThat(send(client, Call.get(url, List.of())).join().status()).isEqualTo(204);
        } finally {
            secure.stop(0);
        }
    }

    /// Sends a call to a server that says this to each and closes the connection; how many connections it had.
    private int connectionsOf(UnaryOperator<Call> change, String said) throws IOException {
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                OutboundHttp client = client()) {
            serving.execute(() -> {
                while (!listening.isClosed()) {
                    try (Socket socket = listening.accept()) {
                        connections.incrementAndGet();
                        readToEnd(socket.getInputStream());
                        socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
                    } catch (IOException e) {
                        return;
                    }
                }
            });
            URI url = URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/");

            fails(send(client, change.apply(new Call("POST", url, List.of(), new byte[]{'!'}))), "no answer from");
        }
        return connections.get();
    }

    /// Up to the end of the body that [#connectionsOf] sends.
    private static void readToEnd(InputStream in) throws IOException {
        int read;
        do {
            read = in.read();
        } while (read >= 0 && read != '!');
    }

    @Test
    void aConnectionThatBreaksIsMadeUpForOnce() throws IOException {
        assertThat(connectionsOf(call -> call, "")).isEqualTo(2);
    }

    @Test
    void whatMustNotBeRepeatedIsSentOnce() throws IOException {
        assertThat(connectionsOf(Call::once, "")).isEqualTo(1);
    }

    @Test
    void whatIsBeingAnsweredIsNotSentAgain() throws IOException {
        assertThat(connectionsOf(call -> call, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello\r\n\r\n", "HTTP/1.1 200 OK\r\na b: c\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"})
    void aConnectionOnWhichNoAnswerCanBeReadIsClosedAndOtherCallsGoOn(String said) throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                OutboundHttp client = client()) {
            Future<Integer> end = serving.submit(() -> {
                try (Socket socket = listening.accept()) {
                    InputStream in = socket.getInputStream();
                    int seen = in.read(new byte[4096]);
                    assertThat(seen).isPositive();
                    socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
                    return in.read();
                }
            });
            CompletableFuture<Answer> other = send(client, Call.get(at("/held"), List.of()));
            arrived.await();

            fails(send(client, Call.get(URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/"), List.of())),
                    "no answer from");

            assertThat(send(client, Call.get(at("/echo"), List.of())).join().status()).isEqualTo(201);
            held.countDown();
            assertThat(other.join().status()).isEqualTo(200);
            assertThat(end.get()).isEqualTo(-1);
        }
    }

    @Test
    void nobodyThereIsAFailure() {
        URI nobody = at("/echo");
        server.stop(0);
        try (OutboundHttp client = client()) {
            fails(send(client, Call.get(nobody, List.of())), "no answer from 127.0.0.1");
        }
    }

    @Test
    void anAddressThatIsNoneIsAFailure() {
        try (OutboundHttp client = client()) {
            fails(send(client, Call.get(URI.create("ftp://127.0.0.1/"), List.of())), "");
        }
    }

    @Test
    void authoritiesThatCantBeReadAreAnErrorOfTheConfiguration() {
        HttpClientConfig settings = settings(Duration.ofSeconds(1), 1, 1, FilePath.of("/nowhere/ca.pem"));
        assertThatThrownBy(() -> client(settings)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("can't use a file");
    }
}
