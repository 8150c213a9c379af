package io.tidegate.tests.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawField;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/// What a mirror gets: the request as its service gets it, and a word that it is a copy.
class CopiesTest extends MirrorFixture {

    private static List<String> fields(RawRequest request, String... without) {
        List<String> left = List.of(without);
        return request.fields().stream()
                .filter(field -> !left.contains(field.name().toLowerCase(java.util.Locale.ROOT)))
                .map(RawField::toString).toList();
    }

    @Test
    void aMirrorGetsTheRequestAsTheServiceGotIt() {
        mirroring("timeout: 10s");
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("GET /orders/7?x=1 HTTP/1.1\r\nHost: a\r\nX-Mine: 1\r\nX-Mirror: no\r\n\r\n")
                    .body())
                    .isEqualTo("hello");
        }
        RawRequest copy = mirror.request(0);
        assertThat(copy.line()).isEqualTo(service.request(0).line());
        assertThat(fields(copy, "x-mirror")).isEqualTo(fields(service.request(0)));
        assertThat(copy.field("x-mirror")).isEqualTo("true");
        assertThat(copy.count("x-mirror")).isOne();
        assertThat(service.request(0).field("x-mirror")).isNull();
        awaitResults("answered", 1);
    }

    @Test
    void aMirrorGetsTheHostOfItsEndpointWhereTheServiceDoes() {
        gateway.apply(yaml(service, mirror, "timeout: 10s", "").replace("upstream: all, mirror",
                "upstream: all, preserveHost: false, policies: [{ headers: { request: { set: { X-Set: by-policy } } } }],"
                        + " mirror"));
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("hello");
        }
        assertThat(mirror.request(0).field("host")).isEqualTo("127.0.0.1:" + mirror.port());
        assertThat(service.request(0).field("host")).isEqualTo("127.0.0.1:" + service.port());
        assertThat(mirror.request(0).field("x-set")).isEqualTo("by-policy");
    }

    @Test
    void whatIsNotSafeIsCopiedOnlyWhereItIsListed() {
        mirroring("timeout: 10s");
        String post = "POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(post).body()).isEqualTo("hello");
            assertThat(client.exchange(GET).body()).isEqualTo("hello");
            assertThat(mirror.request(0).method()).isEqualTo("GET");
            mirroring("methods: [POST]");
            assertThat(client.exchange(GET).body()).isEqualTo("hello");
            assertThat(client.exchange(post).body()).isEqualTo("hello");
            assertThat(mirror.request(1).line()).startsWith("POST /orders ");
            assertThat(mirror.request(1).body()).isEqualTo("abc");
        }
        assertThat(mirror.requestCount()).isEqualTo(2);
    }

    @Test
    void aBodyInChunksIsCopiedAndATooLongOneIsNot() {
        mirroring("methods: [PUT], maxBody: 10B");
        String head = "PUT /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(head + "6\r\nabcdef\r\n5\r\nghijk\r\n0\r\n\r\n").body()).isEqualTo("hello");
            assertThat(client.exchange(head + "6\r\nabcdef\r\n4\r\nghij\r\n0\r\n\r\n").body()).isEqualTo("hello");
        }
        assertThat(mirror.request(0).body()).isEqualTo("abcdefghij");
        assertThat(mirror.request(0).field("content-length")).isEqualTo("10");
        assertThat(service.requests()).extracting(RawRequest::body).containsExactly("abcdefghijk", "abcdefghij");
        assertThat(skipped("length")).isOne();
        assertThat(mirror.requestCount()).isOne();
    }

    @Test
    void aRequestThatIsSentTwiceIsCopiedOnce() {
        service.script(connection -> {
            RawRequest first = connection.request();
            if (first != null && service.requestCount() == 1) {
                connection.reset();
            } else if (first != null) {
                connection.answer("done");
            }
        });
        mirroring("methods: [PUT]");
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("PUT /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").body())
                    .isEqualTo("done");
        }
        awaitResults("answered", 1);
        assertThat(service.requests()).hasSize(2);
        assertThat(mirror.requests()).extracting(RawRequest::body).containsExactly("abc");
    }

    @Test
    void aShareOfTheRequestsIsCopied() {
        mirroring("share: 25%");
        try (RawClient client = gateway.client()) {
            for (int i = 0; i < 1000; i++) {
                assertThat(client.exchange(GET).body()).isEqualTo("hello");
            }
        }
        Await.until("the last copies", () -> mirror.requestCount() + skipped("busy") >= 150);
        assertThat(mirror.requestCount()).isLessThan(350);
    }

    @Test
    void byHttp2OnAllSides() {
        List<Http2Service.Request> copies = new CopyOnWriteArrayList<>();
        service.script(Http2Service.serving((to, request) -> to.answer(request, 200, "same")));
        mirror.script(Http2Service.serving((to, request) -> {
            copies.add(request);
            to.answer(request, 200, "same");
        }));
        gateway.apply(yaml(service, mirror, "methods: [GET, PUT], compare: {}", "protocol: h2c"));
        String body = "0123456789".repeat(3000);
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            assertThat(client.get("/p").body()).isEqualTo("same");
            int stream = client.request("PUT", "/p", false);
            client.upload(stream, body);
            assertThat(client.response(stream).body()).isEqualTo("same");
        }
        awaitResults("same", 2);
        assertThat(copies).extracting(Http2Service.Request::body).containsExactlyInAnyOrder("", body);
        assertThat(copies.getFirst().field("x-mirror")).isEqualTo("true");
    }

    @Test
    void aHandshakeOfWebSocketIsNotCopied() {
        service.script(TestUpstream.answering("HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n"));
        mirroring("timeout: 10s");
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("GET /p HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").status())
                    .isEqualTo(400);
        }
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).status()).isEqualTo(400);
        }
        assertThat(mirror.request(0).field("upgrade")).isNull();
        assertThat(mirror.requestCount()).isOne();
    }

    @Test
    void aReloadKeepsWhatIsKnown() {
        mirroring("compare: {}");
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(GET).body()).isEqualTo("hello");
            awaitResults("same", 1);
            mirroring("compare: { body: exact }");
            assertThat(client.exchange(GET).body()).isEqualTo("hello");
            awaitResults("same", 2);
        }
        assertThat(report().results()).containsEntry("same", 2L);
        gateway.apply(GatewayYaml.to(service).text());
        assertThat(gateway.engine().mirrors()).isEmpty();
    }
}
