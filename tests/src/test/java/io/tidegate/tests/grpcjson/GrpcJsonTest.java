package io.tidegate.tests.grpcjson;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DynamicMessage;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Loaded;
import io.tidegate.config.PluginLoader;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.tests.GatewayYaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the page about `grpcJson` says, between clients of HTTP and a service of grpc-java.
class GrpcJsonTest {

    private static final String BOOK = "{\"name\":\"shelves/1/books/2\",\"title\":\"Tides\",\"copies\":\"3\",\"binding\":\"HARDCOVER\"}";

    private final LibraryServer library = LibraryServer.start();
    private final TestGateway gateway = TestGateway.start(configuration(library.url(), LibraryServer.descriptors()));

    @TempDir
    private Path folder;

    private static String configuration(String url, Path descriptors) {
        return GatewayYaml.to(url).upstream("protocol: h2c").route("policies: [{ grpcJson: { descriptors: \""
                + descriptors + "\", autoMapping: true, maxMessage: 64KiB } }]").text();
    }

    @AfterEach
    void stop() {
        gateway.close();
        library.close();
    }

    private RawResponse send(String method, String target, String body) {
        try (RawClient client = gateway.client()) {
            return client.exchange(method + " " + target + " HTTP/1.1\r\nHost: a\r\n" + (body.isEmpty()
                    ? "\r\n"
                    : "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "GET | /v1/shelves/1/books/2 | `` | GetBook {\"name\":\"shelves/1/books/2\"}",
        "GET | /v1/books/978-3 | `` | GetBook {\"isbn\":\"978-3\"}",
        "POST | /v1/shelves/1/books?validateOnly=true | {\"title\":\"T\",\"authors\":[\"A\"]} | CreateBook {\"parent\":\"shelves/1\",\"book\":{\"title\":\"T\",\"authors\":[\"A\"]},\"validateOnly\":true}",
        "PATCH | /v1/shelves/1/books/2?update_mask=title,copies | {\"title\":\"N\",\"copies\":4} | UpdateBook {\"book\":{\"name\":\"shelves/1/books/2\",\"title\":\"N\",\"copies\":\"4\"},\"updateMask\":\"title,copies\"}",
        "POST | /v1/shelves/1/books/2:lend | {\"reader\":\"r\",\"card\":\"18446744073709551615\"} | LendBook {\"name\":\"shelves/1/books/2\",\"reader\":\"r\",\"card\":\"18446744073709551615\"}"})
    void aRequestIsACallAndItsAnswerJson(String method, String target, String body, String call) {
        RawResponse response = send(method, target, body);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.field("content-type")).isEqualTo("application/json");
        assertThat(response.field("content-length")).isEqualTo(Integer.toString(BOOK.length()));
        assertThat(response.body()).isEqualTo(BOOK);
        assertThat(library.calls()).containsExactly(call);
    }

    @Test
    void partsOfAnswersEmptyAnswersAndMethodsByNameWorkToo() {
        assertThat(send("GET", "/v1/shelves/1/books?page_size=2&filter.bindings=PAPERBACK&filter.bindings=2"
                + "&filter.published_after=2026-01-01T00:00:00Z", "").body())
                .isEqualTo("[{\"name\":\"a\"},{\"name\":\"b\"}]");
        assertThat(send("DELETE", "/v1/shelves/1/books/2", "").body()).isEqualTo("{}");
        assertThat(send("POST", "/tidegate.example.Library/CountBooks", "{\"parent\":\"p\"}").body())
                .isEqualTo("{\"count\":\"9007199254740993\"}");
        assertThat(library.calls()).containsExactly(
                "ListBooks {\"parent\":\"shelves/1\",\"pageSize\":2,\"filter\":{\"bindings\":[\"PAPERBACK\",\"HARDCOVER\"],"
                        + "\"publishedAfter\":\"2026-01-01T00:00:00Z\"}}",
                "DeleteBook {\"name\":\"shelves/1/books/2\"}", "CountBooks {\"parent\":\"p\"}");
    }

    @Test
    void clientsOfHttp2AreServedAlike() {
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            Http2Response found = client.get("/v1/shelves/1/books/2");
            int stream = client.request("POST", "/v1/shelves/1/books", false, "content-type", "application/json");
            Http2Response made = client.data(stream, "{\"title\":\"T\"}", true).response(stream);
            Http2Response missing = client.get("/v1/shelves/1/books/missing");

            assertThat(found.body()).isEqualTo(BOOK);
            assertThat(found.trailers()).isEmpty();
            assertThat(made.body()).isEqualTo(BOOK);
            assertThat(missing.status()).isEqualTo(404);
            assertThat(missing.body()).contains("\"code\":5");
        }
    }

    @Test
    void aStatusOfTheServiceIsAStatusOfHttp() {
        RawResponse response = send("GET", "/v1/shelves/1/books/missing", "");

        assertThat(response.status()).isEqualTo(404);
        assertThat(response.field("content-type")).isEqualTo("application/json");
        assertThat(response.field("grpc-status")).isNull();
        assertThat(response.body()).isEqualTo(
                "{\"code\":5,\"message\":\"no book \\\"missing\\\"\",\"details\":[]}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "POST | /v1/shelves/1/books | {\"titel\":\"T\"} | 400 | grpc_json.request",
        "POST | /v1/shelves/1/books | {\"title\":\"T\"},\"parent\":\"x\" | 400 | grpc_json.request",
        "GET | /v1/shelves/1/books?page_size=many | `` | 400 | grpc_json.request",
        "GET | /v2/shelves | `` | 404 | grpc_json.path", "PUT | /v1/books/1 | `` | 405 | route.method_not_allowed"})
    void aRequestThatFitsNoMethodIsRefusedHere(String method, String target, String body, int status, String code) {
        RawResponse response = send(method, target, body);

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.field("content-type")).isEqualTo("application/problem+json");
        assertThat(response.fault()).isEqualTo(code);
        assertThat(library.calls()).isEmpty();
    }

    @Test
    void aBodyBeyondTheLimitIsRefused() {
        assertThat(send("POST", "/v1/shelves/1/books", "{\"title\":\"" + "x".repeat(65_536) + "\"}").status())
                .isEqualTo(413);
        assertThat(send("POST", "/v1/shelves/1/books", "{\"title\":\"" + "x".repeat(60_000) + "\"}").body())
                .isEqualTo(BOOK);
    }

    @Test
    void aServiceThatIsGoneIsAProblemOfTheGateway() {
        library.close();
        Await.until("the service to be gone", () -> send("GET", "/v1/books/1", "").status() / 100 == 5);

        assertThat(send("GET", "/v1/books/1", "").field("content-type")).isEqualTo("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "application/x-ndjson"})
    void aStreamFlowsMessageByMessage(String accepted) throws IOException {
        try (RawClient client = gateway.client()) {
            client.send("GET /v1/shelves/1/books:watch HTTP/1.1\r\nHost: a\r\nAccept: " + accepted + "\r\n\r\n");
            StringBuilder seen = new StringBuilder();
            for (String name : new String[]{"a", "b", "c"}) {
                library.permit(1);
                // The next one is not let go before this one has come all the way.
                readUntil(client, seen, "{\"name\":\"" + name + "\"}");
            }
            readUntil(client, seen, "\r\n0\r\n\r\n");

            assertThat(seen.toString()).containsIgnoringCase("content-type: " + accepted);
            assertThat(unchunked(seen.substring(seen.indexOf("\r\n\r\n") + 4))).isEqualTo(accepted.endsWith("ndjson")
                    ? "{\"name\":\"a\"}\n{\"name\":\"b\"}\n{\"name\":\"c\"}\n"
                    : "[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"}]");
        }
    }

    private static String unchunked(String chunks) {
        StringBuilder body = new StringBuilder();
        int at = 0;
        while (true) {
            int line = chunks.indexOf("\r\n", at);
            int size = Integer.parseInt(chunks.substring(at, line), 16);
            if (size == 0) {
                return body.toString();
            }
            body.append(chunks, line + 2, line + 2 + size);
            at = line + 2 + size + 2;
        }
    }

    private static void readUntil(RawClient client, StringBuilder seen, String end) throws IOException {
        byte[] buffer = new byte[4096];
        while (!seen.toString().contains(end)) {
            int count = client.input().read(buffer);
            assertThat(count).as("after %s", seen).isPositive();
            seen.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void aStreamThatFailsEndsWithItsError() {
        library.permit(1);

        assertThat(send("GET", "/v1/shelves/1/books:watch?page_size=13", "").body()).isEqualTo(
                "[{\"name\":\"a\"},{\"error\":{\"code\":15,\"message\":\"the shelf fell\",\"details\":[]}}]");
    }

    @Test
    void aCallOfGrpcItselfPassesUntouched() {
        ManagedChannel channel = NettyChannelBuilder.forAddress(gateway.address()).usePlaintext().build();
        try {
            DynamicMessage answer = ClientCalls.blockingUnaryCall(channel, library.method("CountBooks"),
                    CallOptions.DEFAULT, library.request("CountBooks", "{\"parent\":\"p\"}"));
            assertThat(answer.getField(answer.getDescriptorForType().findFieldByName("count")))
                    .isEqualTo(9007199254740993L);
        } finally {
            channel.shutdownNow();
        }
    }

    // The file.

    private Loaded load(String descriptors) {
        return new ConfigLoader(PluginLoader.load(), name -> null).loadText(folder.resolve("gateway.yaml").toString(),
                GatewayYaml.to("http://127.0.0.1:1").route("policies: [{ grpcJson: { descriptors: " + descriptors
                        + " } }]").text());
    }

    @Test
    void theFileIsFoundBesideTheConfigurationAndChangesItsHash() throws IOException {
        Path file = Files.copy(LibraryServer.descriptors(), folder.resolve("api.pb"));

        Loaded.Accepted first = (Loaded.Accepted) load("api.pb");
        byte[] bytes = Files.readAllBytes(file);
        // A file of declarations more: an empty one without a name of its own.
        Files.write(file, join(bytes, new byte[]{10, 3, 10, 1, 'x'}));
        Loaded.Accepted second = (Loaded.Accepted) load("api.pb");

        assertThat(first.files()).contains(file);
        assertThat(second.hash()).isNotEqualTo(first.hash());
    }

    private static byte[] join(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @Test
    void aFileThatCannotBeUsedIsReportedWithItsPlaceWhenItIsLoaded() {
        Loaded.Rejected rejected = (Loaded.Rejected) load("nothing.pb");

        assertThat(rejected.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.path()).isEqualTo("routes.all.policies[0].grpcJson.descriptors");
            assertThat(problem.message()).contains("nothing.pb", "there is no such file");
            assertThat(problem.place().line()).isPositive();
        });
        assertThat(rejected.files()).contains(folder.resolve("nothing.pb"));
    }
}
