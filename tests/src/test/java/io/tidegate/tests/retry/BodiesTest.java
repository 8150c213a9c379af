package io.tidegate.tests.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// Bodies that are sent once more: the same bytes, whatever framed them, as long as they are not too many.
class BodiesTest extends RetryFixture {

    private static final int MOST = 64 << 10;

    private static String text(int length) {
        StringBuilder text = new StringBuilder(length + 8);
        for (int i = 0; text.length() < length; i++) {
            text.append(Integer.toHexString(i)).append(' ');
        }
        text.setLength(length);
        return text.toString();
    }

    private static String put(String body) {
        return "PUT /p HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private void bothTriesHad(String body) {
        assertThat(service.requests()).extracting(RawRequest::body).containsExactly(body, body);
    }

    @Test
    void aBodyOfKnownLength() {
        service.script(steps(status(503), status(200)));
        retry("on: [503], " + QUICK);
        String body = text(20_000);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(put(body)).body()).isEqualTo("200");
        }
        bothTriesHad(body);
        assertThat(service.request(1).field("content-length")).isEqualTo("20000");
    }

    @Test
    void aBodyInChunksAndItsFurtherPartsOnTheSecondTry() {
        TestUpstream.Gate refused = new TestUpstream.Gate();
        service.script(connection -> {
            RawRequest head = connection.head();
            if (head != null && service.heads().size() == 1) {
                // Before the body has come.
                connection.send("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
                refused.open();
                connection.awaitEnd();
            } else if (head != null) {
                connection.body(head);
                connection.answer("done");
            }
        });
        retry("on: [503], " + QUICK);
        try (RawClient client = gateway.client()) {
            client.send("PUT /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
            service.head(1);
            client.send("4\r\ndefg\r\n0\r\n\r\n");
            assertThat(client.receive().body()).isEqualTo("done");
        }
        assertThat(service.requests()).extracting(RawRequest::body).containsExactly("abcdefg");
        assertThat(service.request(0).field("transfer-encoding")).isEqualTo("chunked");
    }

    @Test
    void aBodyOfTheMostThatIsKept() {
        service.script(steps(status(503), status(200)));
        retry("on: [503], " + QUICK);
        String body = text(MOST);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(put(body)).body()).isEqualTo("200");
        }
        bothTriesHad(body);
    }

    @Test
    void aLongerBodyIsSentOnce() {
        service.script(steps(status(503), status(200)));
        retry("on: [503], " + QUICK);
        String body = text(MOST + 1);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(put(body)).body()).isEqualTo("503");
        }
        assertThat(service.requests()).extracting(RawRequest::body).containsExactly(body);
        assertThat(refused("body")).isOne();
    }

    @Test
    void aBodyOfAClientOfHttp2() {
        service.script(steps(status(503), status(200)));
        retry("on: [503], " + QUICK);
        String body = text(30_000);
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            int stream = client.request("PUT", "/p", false);
            client.upload(stream, body);
            assertThat(client.response(stream).body()).isEqualTo("200");
        }
        bothTriesHad(body);
    }

    @Test
    void aBodyThatAPolicyHasCollected() {
        service.script(steps(status(503), status(200)));
        gateway.apply(GatewayYaml.to(service).upstream("retry: { on: [503], " + QUICK + " }")
                .route("policies: [{ requestLimits: { maxBody: 1MiB } }]").text());
        String body = text(9_000);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(put(body)).body()).isEqualTo("200");
        }
        bothTriesHad(body);
    }

    @Test
    void aBodyOnAConnectionThatBreaksAsItHasServedBefore() {
        service.script(steps(status(200), reset(), status(200)));
        gateway.apply(GatewayYaml.to(service).text());
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("200");
            assertThat(client.exchange(put("abc")).body()).isEqualTo("200");
        }
        assertThat(service.requests()).extracting(RawRequest::body).containsExactly("", "abc", "abc");
    }

    @Test
    void aBodyToAServiceOfHttp2ThatResetsTheStream() {
        List<String> bodies = new CopyOnWriteArrayList<>();
        service.script(Http2Service.serving((to, request) -> {
            bodies.add(request.body());
            if (bodies.size() == 1) {
                to.reset(request.stream(), 7);
            } else {
                to.answer(request, 200, "done");
            }
        }));
        gateway.apply(GatewayYaml.to(service).upstream("protocol: h2c").text());
        String body = text(5_000);
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(put(body)).body()).isEqualTo("done");
        }
        assertThat(bodies).containsExactly(body, body);
        assertThat(repeats("unprocessed", "answered")).isOne();
    }
}
