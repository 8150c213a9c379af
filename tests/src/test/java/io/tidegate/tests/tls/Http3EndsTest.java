package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http3Client;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestUpstream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Requests of HTTP/3 that most likely have no body, and whose streams do not end with their heads.
@Tag("boringssl")
class Http3EndsTest extends Http3Fixture {

    /// A type of frames that whoever reads them passes over.
    private static final int RESERVED = 0x21;

    private final TestUpstream.Gate gate = new TestUpstream.Gate();

    /// The service answers `/waits` when the gate is open.
    private void startWaiting() {
        startHttp3();
        upstream.script(connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                if (next.target().equals("/waits")) {
                    gate.pass();
                }
                connection.answer("answer");
            }
        });
    }

    @Test
    void anEndThatNeverComesIsNotWaitedFor() {
        startWaiting();
        String[] methods = {"GET", "HEAD", "OPTIONS", "DELETE"};
        Map<String, Integer> streams = new LinkedHashMap<>();
        try (Http3Client client = http3()) {
            for (String method : methods) {
                streams.put(method, client.request(method, "/" + method, false));
            }
            streams.forEach((method, stream) -> {
                Http2Response response = client.response(stream);
                assertThat(response.status()).as(method).isEqualTo(200);
                assertThat(response.complete()).as(method).isTrue();
            });
        }
        assertThat(upstream.requests()).hasSize(methods.length).allSatisfy(request -> {
            assertThat(request.field("transfer-encoding")).isNull();
            assertThat(request.field("content-length")).isNull();
            assertThat(request.body()).isEmpty();
        });
    }

    @Test
    void anEndThatComesLateChangesNothing() {
        startWaiting();
        try (Http3Client client = http3()) {
            int stream = client.request("GET", "/waits", false);
            int other = client.request("GET", "/waits", false);
            upstream.head(1);
            client.send(stream, new byte[0], true);
            client.data(other, "", false).frame(other, RESERVED, new byte[]{1}, true);
            gate.open();

            for (int each : new int[]{stream, other}) {
                Http2Response response = client.response(each);
                assertThat(response.body()).isEqualTo("answer");
                assertThat(response.complete()).isTrue();
            }
            assertThat(client.get("/next").status()).isEqualTo(200);
        }
        assertThat(upstream.requestCount()).isEqualTo(3);
        assertThat(gateway().metric("tidegate_faults_total", "")).isZero();
    }

    @Test
    void aBodyThatComesLateReachesNobodyAndResetsItsStream() {
        assertReset((client, stream) -> client.data(stream, "late", false));
        assertThat(upstream.received()).doesNotContain("late");
    }

    @Test
    void aBodyThatComesLateWithItsEndReachesNobodyAndResetsItsStream() {
        assertReset((client, stream) -> client.data(stream, "late", true));
        assertThat(upstream.received()).doesNotContain("late");
    }

    @Test
    void fieldsThatComeLateReachNobodyAndResetTheirStream() {
        assertReset((client, stream) -> client.headers(stream, true, "x-late", "late"));
        assertThat(upstream.received()).doesNotContain("late");
    }

    private void assertReset(ObjIntConsumer<Http3Client> late) {
        startWaiting();
        try (Http3Client client = http3()) {
            int stream = client.request("GET", "/waits", false);
            upstream.head(0);
            late.accept(client, stream);

            Http2Response response = client.response(stream);
            assertThat(response.reset()).isEqualTo(MESSAGE_ERROR);
            assertThat(response.status()).isZero();
            assertThat(client.get("/next").status()).isEqualTo(200);
        }
        gate.open();
        Await.until("the fault to be counted",
                () -> gateway().metric("tidegate_faults_total", "code=\"h2.stream\"") == 1);
        assertThat(upstream.requests()).extracting(RawRequest::target).containsExactly("/waits", "/next");
    }

    @Test
    void aBodyThatComesInTimeGoesOn() {
        startHttp3();
        try (Http3Client client = http3()) {
            byte[] head = Http3Client.bytesOf(Http3Client.HEADERS, Http3Client.blockOf(":method", "DELETE", ":scheme",
                    "https", ":authority", "api.test", ":path", "/"));
            byte[] data = Http3Client.bytesOf(Http3Client.DATA, new byte[]{'b', 'o', 'd', 'y'});
            // At once, since what comes half a second later is too late.
            byte[] both = Arrays.copyOf(head, head.length + data.length);
            System.arraycopy(data, 0, both, head.length, data.length);
            int stream = client.open();
            client.send(stream, both, true);

            assertThat(client.response(stream).status()).isEqualTo(200);
        }
        assertThat(upstream.request(0).body()).isEqualTo("body");
        assertThat(upstream.request(0).field("transfer-encoding")).isEqualTo("chunked");
    }
}
