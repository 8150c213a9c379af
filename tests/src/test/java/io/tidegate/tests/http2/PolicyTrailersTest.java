package io.tidegate.tests.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Field;
import io.tidegate.api.Policy;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawField;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.proxy.Scripted;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// What policies can do about the fields behind bodies, and about the method.
class PolicyTrailersTest extends Http2ServicesFixture {

    private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody";

    /// Passes a body on as it is, and does something about what is behind it.
    private record Behind(Function<List<Field>, String> written, Function<List<Field>, List<Field>> returned)
            implements
                BodyTransform {

        @Override
        public void onChunk(ByteBuffer chunk, boolean last, Sink sink) {
            sink.write(chunk);
        }

        @Override
        public List<Field> onTrailers(List<Field> trailers, Sink sink) {
            sink.write(ByteBuffer.wrap(written.apply(trailers).getBytes(StandardCharsets.ISO_8859_1)));
            return returned.apply(trailers);
        }
    }

    private TestGateway serve(Function<Exchange, Decision> onRequest, Function<Exchange, Decision> onResponse) {
        TestGateway started = serve((service, request) -> {
            service.headers(request.stream(), false, ":status", "200");
            service.data(request.stream(), "hello", false);
            service.headers(request.stream(), true, "x-sum", "5");
        });
        Policy policy = new Policy() {
            @Override
            public Decision onRequest(Exchange exchange) {
                return onRequest.apply(exchange);
            }

            @Override
            public Decision onResponse(Exchange exchange) {
                return onResponse.apply(exchange);
            }
        };
        new Scripted().with("script", policy).apply(started,
                GatewayYaml.to(upstream()).upstream("protocol: h2c").route("policies: [{ script: {} }]").text());
        return started;
    }

    private static Decision pass(Exchange exchange) {
        return Decision.next();
    }

    private static Function<Exchange, Decision> transform(BodyTransform transform) {
        return exchange -> {
            exchange.transformResponse(transform);
            return Decision.next();
        };
    }

    @Test
    void whatIsBehindAResponseCanBecomeAPartOfItsBody() {
        TestGateway started = serve(PolicyTrailersTest::pass,
                transform(new Behind(List::toString, _ -> List.of())));
        String body = "hello[Field[name=x-sum, value=5]]";

        try (RawClient client = started.client(); Http2Client other = Http2Client.connect(started.address())) {
            assertThat(client.exchange(GET).body()).isEqualTo(body);
            Http2Response response = other.get("/");
            assertThat(response.body()).isEqualTo(body);
            assertThat(response.trailers()).isEmpty();
            assertThat(response.complete()).isTrue();
        }
    }

    @Test
    void whatIsBehindAResponseCanBeChangedAndAddedTo() {
        TestGateway started = serve(PolicyTrailersTest::pass, exchange -> {
            exchange.transformResponse(new Behind(_ -> "", had -> List.of(had.getFirst(), new Field("X-More", "é"),
                    new Field("set-cookie", "a=1"), new Field("content-length", "9"))));
            exchange.transformResponse(new Behind(had -> "|" + had.size(), had -> had));
            return Decision.next();
        });

        try (Http2Client client = Http2Client.connect(started.address())) {
            Http2Response response = client.get("/");
            assertThat(response.body()).isEqualTo("hello|4");
            assertThat(response.trailers()).containsExactly(new RawField("x-sum", "5"), new RawField("x-more", "é"));
        }
    }

    @Test
    void aTransformThatSaysNothingOfThemEndsThem() {
        TestGateway started = serve(PolicyTrailersTest::pass, transform((chunk, _, sink) -> sink.write(chunk)));

        try (Http2Client client = Http2Client.connect(started.address())) {
            Http2Response response = client.get("/");
            assertThat(response.body()).isEqualTo("hello");
            assertThat(response.trailers()).isEmpty();
            assertThat(response.complete()).isTrue();
        }
    }

    @Test
    void aBodyThatIsCollectedShowsThemAndOneThatIsReplacedHasNone() {
        TestGateway started = serve(PolicyTrailersTest::pass, exchange -> Decision.withBody(100, body -> {
            exchange.response().setStatus(body.trailers().contains(new Field("x-sum", "5")) ? 201 : 500);
            if (exchange.request().path().equals("/other")) {
                exchange.response().replaceBody(new byte[]{'!'});
            }
            return Decision.next();
        }));

        try (Http2Client client = Http2Client.connect(started.address())) {
            Http2Response kept = client.get("/");
            Http2Response replaced = client.get("/other");
            assertThat(kept.status()).isEqualTo(201);
            assertThat(kept.body()).isEqualTo("hello");
            assertThat(kept.trailers()).containsExactly(new RawField("x-sum", "5"));
            assertThat(replaced.status()).isEqualTo(201);
            assertThat(replaced.body()).isEqualTo("!");
            assertThat(replaced.trailers()).isEmpty();
        }
    }

    @Test
    void aRequestOfHttp11CanGetFieldsBehindItsBody() {
        TestGateway started = serve(exchange -> {
            exchange.transformRequest(new Behind(_ -> "+", _ -> List.of(new Field("x-checksum", "1"))));
            return Decision.next();
        }, PolicyTrailersTest::pass);

        try (RawClient client = started.client()) {
            assertThat(client.exchange(POST).status()).isEqualTo(200);
        }
        assertThat(requests.getFirst().body()).isEqualTo("body+");
        assertThat(requests.getFirst().fields().getLast()).isEqualTo(new RawField("x-checksum", "1"));
        assertThat(requests.getFirst().field("content-length")).isNull();
    }

    @Test
    void aPolicyCanAskForTheseFieldsAndReplaceTheMethod() {
        TestGateway started = serve(exchange -> {
            exchange.request().setMethod("REPORT");
            exchange.request().acceptTrailers();
            assertThat(exchange.request().method()).isEqualTo("REPORT");
            return Decision.next();
        }, PolicyTrailersTest::pass);

        try (RawClient client = started.client()) {
            RawResponse response = client.exchange(GET);
            assertThat(response.body()).isEqualTo("hello");
            assertThat(client.exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").status()).isEqualTo(500);
        }
        assertThat(requests).singleElement().satisfies(request -> {
            assertThat(request.field(":method")).isEqualTo("REPORT");
            assertThat(request.field("te")).isEqualTo("trailers");
        });
    }

    @Test
    void aMethodWhoseResponseIsFramedOtherwiseCannotBePutInPlace() {
        TestGateway started = serve(exchange -> {
            exchange.request().setMethod(String.valueOf(exchange.request().headers().get("x-method")));
            return Decision.next();
        }, PolicyTrailersTest::pass);

        for (String method : List.of("HEAD", "CONNECT", "a b")) {
            try (RawClient client = started.client()) {
                assertThat(client.exchange("GET / HTTP/1.1\r\nHost: a\r\nX-Method: " + method + "\r\n\r\n").fault())
                        .isEqualTo("policy.failed");
            }
        }
        assertThat(requests).isEmpty();
    }
}
