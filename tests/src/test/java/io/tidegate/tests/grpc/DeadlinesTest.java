package io.tidegate.tests.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.GrpcStatus;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawField;
import io.tidegate.tests.GatewayYaml;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Calls end in time, and services are told how much of it there is.
class DeadlinesTest extends FramesFixture {

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "S", "1s", "123456789n", "-1S", "1.5S"})
    void aTimeoutThatCannotBeReadIsAnError(String timeout) {
        try (Http2Client client = start(to(answering()))) {
            isOnly(call(client, "grpc-timeout", timeout), GrpcStatus.INVALID_ARGUMENT,
                    "The timeout of the call is malformed");
            // The connection goes on.
            assertThat(call(client).trailers()).containsExactly(new RawField("grpc-status", "0"));
        }
        assertThat(requests).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"10S, '', 10000000", "99999999H, 'timeouts: { request: 20s }', 20000000",
        "10S, 'timeouts: { request: 20s }', 10000000", "30S, 'timeouts: { request: 20s }', 20000000",
        "'', 'timeouts: { request: 20s }', 20000000"})
    void theServiceIsToldHowMuchTimeIsLeft(String timeout, String route, long mostMicros) {
        GatewayYaml yaml = to(answering());
        try (Http2Client client = start(route.isEmpty() ? yaml : yaml.route(route))) {
            Http2Response response = timeout.isEmpty() ? call(client) : call(client, "grpc-timeout", timeout);
            assertThat(response.complete()).isTrue();
        }
        List<String> told = requests.getFirst().fields().stream().filter(field -> field.name().equals("grpc-timeout"))
                .map(RawField::value).toList();
        assertThat(told).singleElement().satisfies(value -> {
            assertThat(value).matches("[0-9]{1,8}u");
            assertThat(Long.parseLong(value.substring(0, value.length() - 1))).isPositive()
                    .isLessThan(mostMicros);
        });
    }

    @Test
    void centuriesArePassedOnAsNoTimeout() {
        try (Http2Client client = start(to(answering()))) {
            assertThat(call(client, "grpc-timeout", "99999999H").complete()).isTrue();
        }
        assertThat(requests.getFirst().field("grpc-timeout")).isEqualTo("99999999H");
    }

    @Test
    void aCallWithoutTimeIsNeverSent() {
        try (Http2Client client = start(to(answering()))) {
            isOnly(call(client, "grpc-timeout", "0n"), GrpcStatus.DEADLINE_EXCEEDED,
                    "The deadline of the call has passed");
        }
        assertThat(upstream().connections()).isZero();
    }

    @Test
    void aCallWhoseTimeIsOverEndsAndIsCancelled() {
        try (Http2Client client = start(to(onHead((service, request) -> reset.set(service.awaitReset(
                request.stream())))))) {
            isOnly(call(client, "grpc-timeout", "100m"), GrpcStatus.DEADLINE_EXCEEDED,
                    "The deadline of the call has passed");
            Await.until("the call to be cancelled", () -> reset.get() == CANCEL);
        }
    }

    @Test
    void aResponseWhoseTimeIsOverEndsBehindWhatHasCome() {
        try (Http2Client client = start(to(onHead((service, request) -> {
            head(service, request);
            service.data(request.stream(), MESSAGE, false);
            reset.set(service.awaitReset(request.stream()));
        })))) {
            int stream = begin(client, "grpc-timeout", "3S");
            Http2Response response = client.data(stream, MESSAGE, false).response(stream);
            assertThat(response.body()).isEqualTo(MESSAGE);
            endsWith(response, GrpcStatus.DEADLINE_EXCEEDED, "The deadline of the call has passed");
            Await.until("the call to be cancelled", () -> reset.get() == CANCEL);
        }
    }

    @Test
    void aRouteEndsCallsThatDeclareNoTime() {
        GatewayYaml yaml = to(onHead((service, request) -> service.awaitReset(request.stream())));
        try (Http2Client client = start(yaml.route("timeouts: { request: 100ms }"))) {
            isOnly(call(client), GrpcStatus.DEADLINE_EXCEEDED, "The deadline of the call has passed");
        }
    }

    @Test
    void callsThatAreGivenUpAfterAWhileAreNoAttack() {
        try (Http2Client client = start(to(onHead((service, request) -> {})))) {
            for (int round = 0; round < 3; round++) {
                int first = 0;
                for (int i = 0; i < 60; i++) {
                    int stream = begin(client);
                    first = i == 0 ? stream : first;
                }
                // Ends when they have been there for longer than that.
                assertThat(call(client, "grpc-timeout", "200m").field("grpc-status")).isEqualTo("4");
                for (int i = 0; i < 60; i++) {
                    client.reset(first + 2 * i, CANCEL);
                }
            }
            assertThat(call(client, "grpc-timeout", "1m").field("grpc-status")).isEqualTo("4");
        }
        assertThat(gateway().metric("tidegate_rejects_total", "h2.flood")).isZero();
    }

    @Test
    void callsThatAreGivenUpAtOnceAreOne() {
        try (Http2Client client = start(to(onHead((service, request) -> {})))) {
            for (int i = 0; i < 120; i++) {
                client.reset(begin(client), CANCEL);
            }
            client.awaitEnd();
        }
        assertThat(gateway().metric("tidegate_rejects_total", "h2.flood")).isEqualTo(1);
    }

    @Test
    void aClientThatCancelsCancelsAtTheService() {
        try (Http2Client client = start(to(onHead((service, request) -> reset.set(service.awaitReset(
                request.stream())))))) {
            int stream = begin(client);
            client.data(stream, MESSAGE, false);
            Await.until("the call to arrive", () -> !requests.isEmpty());
            client.reset(stream, CANCEL);
            Await.until("the call to be cancelled", () -> reset.get() == CANCEL);
        }
        assertThat(gateway().metric("tidegate_grpc_calls_total", "grpc_status=\"CANCELLED\"")).isEqualTo(1);
    }
}
