package io.tidegate.tests.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.Http2Service.Request;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawField;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Fields that only policies may write, as clients send them.
class OwnFieldsTest extends Http2ServicesFixture {

    private static final String OWN = "policySets: { asked: [{ opa: { url: \"http://127.0.0.1:1\", path: a,"
            + " requestHeaders: [X_User, X-Role] } }] }";

    /// What a client speaks.
    enum Spoken {
        HTTP_1 {
            @Override
            int status(TestGateway gateway, String name, String value) {
                try (RawClient client = gateway.client()) {
                    return client.exchange("GET / HTTP/1.1\r\nHost: a\r\n" + name + ": " + value + "\r\n\r\n").status();
                }
            }
        },
        HTTP_2 {
            @Override
            int status(TestGateway gateway, String name, String value) {
                try (Http2Client client = Http2Client.connect(gateway.address())) {
                    return client.get("/", name, value).status();
                }
            }
        };

        /// What a request with this field is answered.
        abstract int status(TestGateway gateway, String name, String value);
    }

    private TestGateway serveOwn(String route) {
        TestUpstream service = serve(TestUpstream.start(Http2Service.serving((connection, request) -> {
            requests.add(request);
            connection.answer(request, 200, "");
        })));
        return run(TestGateway.start(setup,
                GatewayYaml.to(service).upstream("protocol: h2c").route(route).with(OWN).text()));
    }

    @Test
    void theyDoNotPassInAHeadNorBehindABodyHoweverTheyAreSpelled() {
        TestGateway started = serveOwn("match: [{ path: \"/**\" }]");
        try (Http2Client client = Http2Client.connect(started.address())) {
            int stream = client.request("POST", "/", false, "x-user", "root", "x-role", "root", "x-other", "1");
            client.data(stream, "body", false);
            client.headers(stream, true, "x-user", "root", "x_user", "root", "x-role", "root", "x_role", "root",
                    "x-sum", "1");
            assertThat(client.response(stream).status()).isEqualTo(200);
        }
        Request request = requests.getFirst();
        assertThat(request.body()).isEqualTo("body");
        assertThat(request.fields()).contains(new RawField("x-other", "1"), new RawField("x-sum", "1"));
        assertThat(request.fields()).extracting(RawField::value).doesNotContain("root");
    }

    @Test
    void theyDoNotPassFromHttp11ToHttp2() {
        TestGateway started = serveOwn("match: [{ path: \"/**\" }]");
        try (RawClient client = started.client()) {
            assertThat(client.exchange("POST / HTTP/1.1\r\nHost: a\r\nX-User: root\r\nx-ROLE: root\r\nX-Other: 1\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-User: root\r\nX-Role: root\r\n\r\n")
                    .status()).isEqualTo(200);
        }
        Request request = requests.getFirst();
        assertThat(request.body()).isEqualTo("body");
        assertThat(request.fields()).contains(new RawField("x-other", "1"));
        assertThat(request.fields()).extracting(RawField::value).doesNotContain("root");
    }

    @ParameterizedTest
    @EnumSource
    void noRouteIsFoundByThem(Spoken spoken) {
        TestGateway started = serveOwn("match: [{ headers: { x-role: root } }, { headers: { x-user: root } },"
                + " { headers: { x-other: root } }]");

        assertThat(spoken.status(started, "x-role", "root")).isEqualTo(404);
        assertThat(spoken.status(started, "x-user", "root")).isEqualTo(404);
        assertThat(spoken.status(started, "x-other", "root")).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource
    void noConditionSeesThem(Spoken spoken) {
        TestGateway started = serveOwn("policies: [{ respond: { status: 418 }, when: \"request.headers.exists(name,"
                + " request.headers[name] == 'root')\" }]");

        assertThat(spoken.status(started, "x-role", "root")).isEqualTo(200);
        assertThat(spoken.status(started, "x-user", "root")).isEqualTo(200);
        assertThat(spoken.status(started, "x-other", "root")).isEqualTo(418);
    }
}
