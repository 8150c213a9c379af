package io.tidegate.tests.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.Policy;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.Http2Service.Request;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawField;
import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.proxy.Scripted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the gateway itself answers to calls, and what it makes of the answers of services.
class AnswersTest extends FramesFixture {

    @TempDir
    Path folder;

    // The gateway's own.

    @Test
    void aCallWithoutARouteIsAnsweredAsACall() {
        try (Http2Client client = start(to(answering()).route("match: [{ grpc: { service: shop.Users } }]"))) {
            isOnly(call(client), GrpcStatus.UNIMPLEMENTED, "No route matches this request");
        }
    }

    @Test
    void aCallByAnotherMethodIsToldWhichOneIsAllowed() {
        try (Http2Client client = start(to(answering()).route("match: [{ grpc: { service: shop.Orders } }]"))) {
            int stream = client.request("PUT", "/shop.Orders/Get", true, call());
            Http2Response response = client.response(stream);
            isOnly(response, GrpcStatus.UNIMPLEMENTED, "The method is not allowed here");
            assertThat(response.field("allow")).contains("POST");
        }
    }

    @Test
    void aServiceThatCannotBeReachedIsUnavailable() {
        GatewayYaml yaml = to(answering());
        upstream().close();
        try (Http2Client client = start(yaml)) {
            isOnly(call(client), GrpcStatus.UNAVAILABLE, "The service could not be reached");
        }
        assertThat(gateway().metric("tidegate_grpc_calls_total", "route=\"all\",grpc_status=\"UNAVAILABLE\""))
                .isEqualTo(1);
    }

    @Test
    void bodiesThatUsersDeclareAreNotForCalls() {
        try (Http2Client client = start(to(answering()).route("match: [{ path: /other }]").with(
                "errorResponses: { \"404\": { contentType: text/plain, body: gone } }"))) {
            isOnly(call(client), GrpcStatus.UNIMPLEMENTED, "No route matches this request");
            assertThat(client.get("/").body()).isEqualTo("gone");
        }
    }

    @Test
    void whatAPolicyAnswersStaysAsItIs() {
        GatewayYaml yaml = to(answering()).route("policies: [{ respond: { status: 418, body: tea } }]");
        try (Http2Client client = start(yaml)) {
            Http2Response response = call(client);
            assertThat(response.status()).isEqualTo(418);
            assertThat(response.body()).isEqualTo("tea");
        }
        assertThat(gateway().metric("tidegate_grpc_calls_total", "grpc_status=\"UNKNOWN\"")).isEqualTo(1);
    }

    @Test
    void whatAPolicyRefusesIsAnsweredAsACall() {
        GatewayYaml yaml = to(answering()).route("policies: [{ requestLimits: { maxHeaderFields: 2 } }]");
        try (Http2Client client = start(yaml)) {
            isOnly(call(client), GrpcStatus.RESOURCE_EXHAUSTED, "The request has too many header fields");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc-web+proto", "application/json", "application/grpcs"})
    void whatIsNoCallIsAnsweredByHttp(String type) {
        try (Http2Client client = start(to(answering()).route("match: [{ path: /other }]"))) {
            int stream = client.request("POST", "/shop.Orders/Get", true, "content-type", type);
            Http2Response response = client.response(stream);
            assertThat(response.status()).isEqualTo(404);
            assertThat(response.fault()).isEqualTo("route.not_found");
            assertThat(response.field("grpc-status")).isNull();
        }
    }

    @Test
    void aCallByHttp1IsNone() {
        try (RawClient client = serve(to(answering()).route("match: [{ path: /other }]")).client()) {
            RawResponse response = client.send("POST /shop.Orders/Get HTTP/1.1\r\nHost: a\r\n"
                    + "Content-Type: application/grpc\r\nContent-Length: 0\r\n\r\n").receive();
            assertThat(response.status()).isEqualTo(404);
            assertThat(response.fault()).isEqualTo("route.not_found");
        }
        assertThat(gateway().metric("tidegate_grpc_calls_total", "")).isZero();
    }

    // Those of services.

    @Test
    void aResponsePassesWithItsTrailers() {
        try (Http2Client client = start(to(answering()))) {
            Http2Response response = call(client);
            assertThat(response.body()).isEqualTo(MESSAGE);
            assertThat(response.trailers()).containsExactly(new RawField("grpc-status", "0"));
            assertThat(requests).singleElement()
                    .satisfies(request -> assertThat(request.field("te")).isEqualTo("trailers"));
        }
        assertThat(gateway().metric("tidegate_grpc_calls_total", "grpc_status=\"OK\"")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"8, The service broke the connection", "2, The service broke the connection"})
    void aResponseThatIsResetEndsAsUnavailable(int error, String message) {
        try (Http2Client client = start(to(onHead((service, request) -> {
            head(service, request);
            service.data(request.stream(), "\0\0\0\0\5he", false);
            service.reset(request.stream(), error);
        })))) {
            Http2Response response = call(client);
            assertThat(response.body()).isEqualTo("\0\0\0\0\5he");
            endsWith(response, GrpcStatus.UNAVAILABLE, message);
        }
        assertThat(gateway().metric("tidegate_faults_total", "upstream.reset")).isEqualTo(1);
    }

    @Test
    void aResponseWhoseConnectionIsLostEndsAsUnavailable() {
        try (Http2Client client = start(to(connection -> {
            Http2Service service = Http2Service.accept(connection);
            Request request = service.head();
            if (request != null) {
                head(service, request);
                service.data(request.stream(), MESSAGE, false);
            }
        }))) {
            Http2Response response = call(client);
            assertThat(response.body()).isEqualTo(MESSAGE);
            endsWith(response, GrpcStatus.UNAVAILABLE, "The service closed the connection");
        }
    }

    @Test
    void anotherResponseThatBreaksOffIsReset() {
        try (Http2Client client = start(to(onHead((service, request) -> {
            service.headers(request.stream(), false, ":status", "200", "content-type", "text/html");
            service.data(request.stream(), "<p>", false);
            service.reset(request.stream(), 2);
        })))) {
            Http2Response response = call(client);
            assertThat(response.complete()).isFalse();
            assertThat(response.reset()).isEqualTo(2);
        }
    }

    @Test
    void aResponseThatEndsWithoutAStatusGetsOne() {
        try (Http2Client client = start(to(onHead((service, request) -> {
            head(service, request);
            service.data(request.stream(), MESSAGE, true);
        })))) {
            endsWith(call(client), GrpcStatus.INTERNAL, "The service ended the call without a status");
        }
        assertThat(gateway().metric("tidegate_grpc_calls_total", "grpc_status=\"INTERNAL\"")).isEqualTo(1);
    }

    @Test
    void aStatusOutlivesAPolicyThatRewritesTheResponse() {
        Policy rewriting = new Policy() {
            @Override
            public Decision onResponse(Exchange exchange) {
                exchange.transformResponse((chunk, last, sink) -> sink.write(chunk));
                return Decision.next();
            }
        };
        GatewayYaml yaml = to(answering());
        try (Http2Client client = start(yaml)) {
            new Scripted().with("rewriting", rewriting).apply(gateway(),
                    yaml.route("policies: [{ rewriting: {} }]").text());
            Http2Response response = call(client);
            assertThat(response.body()).isEqualTo(MESSAGE);
            assertThat(response.trailers()).containsExactly(new RawField("grpc-status", "0"));
        }
    }

    @Test
    void aHeadAloneWithoutAStatusGetsOne() {
        try (Http2Client client = start(to(onHead((service, request) -> service.headers(request.stream(), true,
                ":status", "200", "content-type", "application/grpc"))))) {
            Http2Response response = call(client);
            assertThat(response.field("grpc-status")).isEqualTo("13");
            assertThat(response.complete()).isTrue();
        }
    }

    @Test
    void whatIsNoAnswerToACallIsCountedAsItsCallerReadsIt() {
        try (Http2Client client = start(to(onHead((service, request) -> service.headers(request.stream(), true,
                ":status", "503", "content-type", "text/html"))))) {
            assertThat(call(client).status()).isEqualTo(503);
        }
        assertThat(gateway().metric("tidegate_grpc_calls_total", "grpc_status=\"UNAVAILABLE\"")).isEqualTo(1);
    }

    // What is written down.

    @Test
    void theAccessLogTellsTheStatusOfCallsAlone() throws IOException {
        Path log = folder.resolve("access.log");
        GatewayYaml yaml = to(answering()).with("telemetry: { accessLog: { to: \"" + log + "\", format: json } }");
        try (Http2Client client = start(yaml)) {
            assertThat(call(client).complete()).isTrue();
            assertThat(call(client, "grpc-timeout", "0n").complete()).isTrue();
            int plain = client.request("POST", "/", false, "content-type", "text/plain");
            assertThat(client.data(plain, "a", true).response(plain).status()).isEqualTo(200);
            Await.until("three lines", () -> lines(log).size() == 3);
        }
        assertThat(lines(log).get(0)).contains("\"status\":200,\"grpcStatus\":0,\"route\":\"all\"");
        assertThat(lines(log).get(1)).contains("\"status\":200,\"grpcStatus\":4,\"fault\":\"grpc.deadline\"");
        assertThat(lines(log).get(2)).doesNotContain("grpcStatus");
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
