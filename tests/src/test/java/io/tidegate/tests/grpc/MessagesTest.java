package io.tidegate.tests.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.GrpcStatus;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.RawField;
import io.tidegate.tests.GatewayYaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Messages are bounded one by one, wherever frames begin and end.
class MessagesTest extends FramesFixture {

    private static String prefix(long length) {
        return "\0" + (char) (length >> 24 & 255) + (char) (length >> 16 & 255) + (char) (length >> 8 & 255)
                + (char) (length & 255);
    }

    @ParameterizedTest
    @ValueSource(longs = {(4L << 20) + 1, 0x7fff_ffffL, 0xffff_ffffL})
    void aMessageThatSaysItIsTooLargeEndsTheCall(long length) {
        try (Http2Client client = start(to(onHead((service, request) -> reset.set(service.awaitReset(
                request.stream())))))) {
            int stream = begin(client);
            isOnly(client.data(stream, prefix(length) + "x", false).response(stream), GrpcStatus.RESOURCE_EXHAUSTED,
                    "A message of the call is too large");
            Await.until("the call to be cancelled", () -> reset.get() == CANCEL);
        }
        assertThat(gateway().metric("tidegate_faults_total", "grpc.message_too_large")).isEqualTo(1);
        assertThat(gateway().metric("tidegate_rejects_total", "")).isZero();
    }

    @Test
    void prefixesAreFoundWhereverFramesEnd() {
        GatewayYaml yaml = to(answering()).route("policies: [{ requestLimits: { maxGrpcMessage: 5B } }]");
        try (Http2Client client = start(yaml)) {
            String sent = MESSAGE + prefix(0) + MESSAGE + MESSAGE;
            int whole = begin(client);
            for (int i = 0; i < sent.length(); i++) {
                client.data(whole, sent.substring(i, i + 1), i == sent.length() - 1);
            }
            assertThat(client.response(whole).trailers()).containsExactly(new RawField("grpc-status", "0"));
            assertThat(requests.getFirst().body()).isEqualTo(sent);
            int large = begin(client);
            for (char c : (sent + prefix(6)).toCharArray()) {
                client.data(large, String.valueOf(c), false);
            }
            isOnly(client.response(large), GrpcStatus.RESOURCE_EXHAUSTED, "A message of the call is too large");
        }
    }

    @Test
    void aStreamOfSmallMessagesMayBeLargerThanABody() {
        GatewayYaml yaml = to(answering()).route("policies: [{ requestLimits: { maxBody: 1KiB } }]");
        try (Http2Client client = start(yaml)) {
            String sent = (prefix(1000) + "m".repeat(1000)).repeat(40);
            int stream = begin(client);
            client.upload(stream, sent);
            assertThat(client.response(stream).trailers()).containsExactly(new RawField("grpc-status", "0"));
            assertThat(requests.getFirst().body()).isEqualTo(sent);
            int other = client.request("POST", "/", false, "content-type", "text/plain");
            assertThat(client.data(other, "m".repeat(1025), true).response(other).status()).isEqualTo(413);
        }
    }
}
