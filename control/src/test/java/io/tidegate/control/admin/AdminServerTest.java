package io.tidegate.control.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.config.AddressConfig;
import io.tidegate.control.CapturedLog;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init")
class AdminServerTest {

    private static final String TOKEN = "correct-horse-battery-staple";
    private static final Duration GUARD = Duration.ofSeconds(30);

    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final AtomicLong now = new AtomicLong();
    private final HttpClient client = HttpClient.newHttpClient();
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        Gate gate = new Gate(TOKEN, Set.of(), now::get, pauses::add);
        server = AdminServer.bind(AddressConfig.of("127.0.0.1:0"), "admin.address", true).serve(resources(), gate);
    }

    private static List<AdminResource> resources() {
        AdminHandler failing = request -> {
            throw new IllegalStateException("internal detail");
        };
        AdminHandler length = request -> AdminAnswer.json(200, "" + request.body(10).length);
        AdminHandler discard = request -> {
            request.discardBody(100_000);
            return AdminAnswer.json(200, "{}");
        };
        return List.of(AdminResource.open(() -> "/open", request -> AdminAnswer.json(200, "{\"é\":1}")),
                AdminResource.of("/closed", Map.of("GET", request -> AdminAnswer.json(200, "{}"), "PUT", length,
                        "POST", discard)),
                AdminResource.of("/failing", Map.of("GET", failing)),
                AdminResource.of("/query", Map.of("GET",
                        request -> AdminAnswer.json(200, request.query().toString()))));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private HttpResponse<String> send(String path, UnaryOperator<HttpRequest.Builder> with) {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        try {
            return client.send(with.apply(HttpRequest.newBuilder(uri).timeout(GUARD)).build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private HttpResponse<String> send(String path, String token, UnaryOperator<HttpRequest.Builder> with) {
        return send(path, request -> with.apply(request.header("Authorization", "Bearer " + token)));
    }

    private HttpResponse<String> get(String path, String token) {
        return send(path, token, request -> request);
    }

    /// Everything that comes back for bytes sent over a plain socket until the server closes it.
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.setSoTimeout((int) GUARD.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void assertProblem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(response.body()).startsWith("{\"type\":\"about:blank\",\"title\":\"")
                .contains("\"status\":" + status).contains("\"detail\":\"");
    }

    @Test
    void servesWhatIsOpenWithoutTheTokenAndTheRestWithIt() {
        HttpResponse<String> open = send("/open", request -> request);
        assertThat(open.statusCode()).isEqualTo(200);
        assertThat(open.body()).isEqualTo("{\"é\":1}");
        assertThat(open.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(open.headers().firstValue("Cache-Control")).hasValue("no-store");

        assertThat(get("/closed", TOKEN).statusCode()).isEqualTo(200);
        assertThat(pauses).isEmpty();
    }

    @Test
    void answersHeadWithTheHeadAlone() {
        HttpResponse<String> head = send("/open", request -> request.HEAD());

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length")).hasValue("8");
        // The connection is as good as before.
        assertThat(send("/open", request -> request).statusCode()).isEqualTo(200);
    }

    @Test
    void asksForTheTokenWhereThereIsNoneAndDoesNotCountThat() {
        for (int i = 0; i < 20; i++) {
            HttpResponse<String> response = send("/closed", request -> request);
            assertProblem(response, 401);
            assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"tidegate\"");
        }
        assertProblem(send("/closed", request -> request.header("Authorization", "Basic " + TOKEN)), 401);
        assertThat(pauses).isEmpty();
        assertThat(get("/closed", TOKEN).statusCode()).isEqualTo(200);
    }

    @Test
    void refusesTwoAuthorizationFieldsOfWhichOneIsRight() {
        assertProblem(send("/closed", TOKEN, request -> request.header("Authorization", "Bearer x")), 401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong", "correct-horse-battery-stapl", "correct-horse-battery-staplee",
        "Correct-horse-battery-staple", "correct-horse-battery-staple x"})
    void refusesATokenThatIsNearlyRight(String token) {
        assertProblem(get("/closed", token), 401);
        assertThat(pauses).containsExactly(Duration.ofMillis(100));
    }

    @Test
    void refusesEveryTokenWhenItHasNone() throws IOException {
        try (AdminServer tokenless = AdminServer.bind(AddressConfig.of("127.0.0.1:0"), "admin.address", true)
                .serve(resources(), new Gate(null, Set.of(), now::get, pauses::add))) {
            AdminServer before = server;
            server = tokenless;
            assertProblem(get("/closed", "null"), 401);
            assertProblem(get("/closed", ""), 401);
            assertThat(send("/open", request -> request).statusCode()).isEqualTo(200);
            server = before;
        }
    }

    @Test
    void slowsDownAndThenShutsOutWhoTriesTokens() {
        try (CapturedLog log = new CapturedLog()) {
            for (int i = 0; i < 5; i++) {
                assertProblem(get("/closed", "guess-" + i), 401);
            }
            assertThat(pauses).containsExactly(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(400),
                    Duration.ofMillis(800), Duration.ZERO);

            HttpResponse<String> shutOut = get("/closed", TOKEN);
            assertProblem(shutOut, 429);
            assertThat(shutOut.headers().firstValue("Retry-After")).hasValue("1");
            // What needs no token goes on being served.
            assertThat(send("/open", request -> request).statusCode()).isEqualTo(200);

            now.addAndGet(Duration.ofSeconds(1).toNanos());
            assertThat(get("/closed", TOKEN).statusCode()).isEqualTo(200);
            assertThat(log.lines()).filteredOn(line -> line.contains("wrong token from 127.0.0.1")).hasSize(5);
            assertThat(log.lines().toString()).doesNotContain("guess").doesNotContain(TOKEN);
        }
    }

    @Test
    void tellsNobodyWithoutTheTokenWhichPathsThereAre() {
        assertProblem(send("/nothing", request -> request), 401);
        assertProblem(get("/nothing", TOKEN), 404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/open/", "/open/x", "/closed/../open", "/OPEN", "/op%65n", "/open%2f", "//evil/open"})
    void takesPathsByteForByte(String path) throws IOException {
        assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                + TOKEN + "\r\n\r\n")).matches("(?s)HTTP/1.1 (404|400) .*application/problem\\+json.*");
    }

    @Test
    void saysWhichMethodsThereAre() {
        HttpResponse<String> closed = send("/closed", TOKEN, request -> request.DELETE());
        assertProblem(closed, 405);
        assertThat(closed.headers().firstValue("Allow")).hasValue("GET, HEAD, POST, PUT");

        HttpResponse<String> open = send("/open", request -> request.POST(BodyPublishers.noBody()));
        assertProblem(open, 405);
        assertThat(open.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: evil.example", "Host: localhost.evil.example:80",
        "Host: localhost\r\nOrigin: http://localhost:9901", "Host: localhost\r\nOrigin: null"})
    void refusesWhatBrowsersSendForOthersEvenWithTheToken(String fields) throws IOException {
        for (String path : List.of("/open", "/closed")) {
            assertThat(raw("GET " + path + " HTTP/1.1\r\n" + fields + "\r\nConnection: close\r\nAuthorization: Bearer "
                    + TOKEN + "\r\n\r\n")).startsWith("HTTP/1.1 403 ").contains("application/problem+json");
        }
    }

    @Test
    void wantsOneHostAndAPathAsTarget() throws IOException {
        assertThat(raw("GET /open HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(raw("GET /open HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(raw("GET http://localhost/open HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void refusesBodiesThatAreTooLong() {
        assertThat(send("/closed", TOKEN, request -> request.PUT(BodyPublishers.ofString("0123456789"))).body())
                .isEqualTo("10");
        assertProblem(send("/closed", TOKEN, request -> request.PUT(BodyPublishers.ofString("0123456789a"))), 413);
        assertProblem(send("/closed", TOKEN, request -> request.PUT(chunked(11))), 413);
        assertThat(send("/closed", TOKEN, request -> request.POST(chunked(100_000))).statusCode()).isEqualTo(200);
        assertProblem(send("/closed", TOKEN, request -> request.POST(chunked(100_001))), 413);
    }

    private static HttpRequest.BodyPublisher chunked(int length) {
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[length]));
    }

    @Test
    void hidesWhatFailedInsideAndLogsIt() {
        try (CapturedLog log = new CapturedLog()) {
            HttpResponse<String> response = get("/failing", TOKEN);

            assertProblem(response, 500);
            assertThat(response.body()).doesNotContain("internal detail").doesNotContain("Exception");
            assertThat(log.lines()).anyMatch(line -> line.contains("internal detail"));
        }
    }

    @Test
    void readsQueriesAndRefusesBrokenOnes() {
        assertThat(get("/query?a=1&b=%C3%A9+x&a=2&&c", TOKEN).body()).isEqualTo("{a=[1, 2], b=[é x], c=[]}");
        assertThat(get("/query", TOKEN).body()).isEqualTo("{}");
    }

    @Test
    void cutsOffAClientThatDoesNotFinishItsRequest() throws IOException {
        try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.setSoTimeout((int) GUARD.toMillis());
            socket.getOutputStream().write("GET /open HTTP/1.1\r\nHost: local".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();

            // The end of the stream, by the server: a read that timed out would throw.
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void namesTheAddressThatIsInUseAndWhatToChange() {
        AddressConfig used = new AddressConfig("127.0.0.1", server.address().getPort());

        assertThatThrownBy(() -> AdminServer.bind(used, "admin.address", true)).isInstanceOf(BindException.class)
                .hasMessageContaining("admin.address: can't listen on " + used)
                .hasMessageContaining("choose another with 'admin.address'");
    }

    @ParameterizedTest
    @ValueSource(strings = {":0", "0.0.0.0:0", "192.0.2.1:0", "[::]:0"})
    void refusesAnAddressThatOthersReach(String address) {
        assertThatThrownBy(() -> AdminServer.bind(AddressConfig.of(address), "admin.address", true))
                .isInstanceOf(BindException.class).hasMessageContaining("without TLS it must be a loopback address")
                .hasMessageContaining("admin.probes");
    }

    @Test
    void refusesAUnixSocketAndANameWithoutAddress() {
        assertThatThrownBy(() -> AdminServer.bind(AddressConfig.of("unix:/tmp/x"), "admin.address", true))
                .hasMessageContaining("must be a host and a port");
        assertThatThrownBy(() -> AdminServer.bind(AddressConfig.of("[::g]:0"), "admin.address", true))
                .hasMessageContaining("no address was found for the name '::g'");
    }
}
