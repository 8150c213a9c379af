package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the page about `requestLimits` says, over real sockets.
class RequestLimitsTest extends ProxyTest {

    @Override
    TestUpstream startUpstream() {
        return TestUpstream.echo();
    }

    private void limits(String keys) {
        gateway.apply(GatewayYaml.to(upstream).route("policies: [{ requestLimits: { " + keys + " } }]").text());
    }

    private RawResponse ask(String line, String fields, String body) {
        try (RawClient client = gateway.client()) {
            return client.exchange(line + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body);
        }
    }

    private RawResponse ask(String line) {
        return ask(line, "", "");
    }

    private static void refused(RawResponse response, int status, String code) {
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.fault()).isEqualTo(code);
    }

    @Test
    void otherMethodsAreRefusedWithTheListOfThose() {
        limits("methods: [GET, POST]");

        RawResponse response = ask("DELETE /");
        refused(response, 405, "route.method_not_allowed");
        assertThat(response.field("allow")).isEqualTo("GET, HEAD, POST");
        assertThat(ask("OPTIONS /").status()).isEqualTo(405);
        for (String method : new String[]{"GET", "HEAD", "POST"}) {
            assertThat(ask(method + " /", method.equals("POST") ? "Content-Length: 0\r\n" : "", "").status())
                    .isEqualTo(200);
        }
        assertThat(upstream.requests()).extracting(RawRequest::method).containsExactly("GET", "HEAD", "POST");
    }

    @ParameterizedTest
    @CsvSource({"/a/b/c, 200", "/a/b/c/, 200", "/, 200", "/a/b/c/d, 400", "//a/./b//c, 200", "/a/b/c/../d, 200",
        "/a/b/c/d/.., 200", "/a/b/c/%64, 400"})
    void segmentsAreThoseOfTheCanonicalPath(String path, int status) {
        limits("maxPathSegments: 3");

        RawResponse response = ask("GET " + path);

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.fault()).isEqualTo(status == 200 ? "" : "limit.exceeded");
    }

    @ParameterizedTest
    @CsvSource({"'', 200", "?, 200", "?a=1&b=2, 200", "?a&b, 200", "?a=1&&b=2&, 200", "?a=1;b=2;c=3&d, 200",
        "?a=1&b=2&c=3, 400", "?a&a&a, 400"})
    void parametersOfTheQueryAreCounted(String query, int status) {
        limits("maxQueryParameters: 2");

        RawResponse response = ask("GET /" + query);

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.fault()).isEqualTo(status == 200 ? "" : "limit.exceeded");
    }

    @Test
    void moreFieldsAreRefused() {
        limits("maxHeaderFields: 3");

        assertThat(ask("GET /", "X-A: 1\r\nX-B: 1\r\n", "").status()).isEqualTo(200);
        refused(ask("GET /", "X-A: 1\r\nX-A: 1\r\nX-C: 1\r\n", ""), 431, "header.too_many");
    }

    @Test
    void aBodyHasToSayItsLengthWhereThatIsAskedFor() {
        limits("requireContentLength: true");

        refused(ask("POST /", "Transfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n"), 411, "body.length_required");
        assertThat(ask("POST /", "Content-Length: 1\r\n", "a").body()).isEqualTo("a");
        assertThat(ask("GET /").status()).isEqualTo(200);
        assertThat(upstream.requestCount()).isEqualTo(2);
    }

    @Test
    void aBodyThatSaysToBeTooLargeIsRefusedBeforeAnyOfItIsRead() {
        limits("maxBody: 1KiB");
        try (RawClient client = gateway.client()) {
            client.send(HEAD + "Content-Length: 1025\r\n\r\n");
            refused(client.receive("POST"), 413, "body.too_large");
        }
        assertThat(ask("POST /", "Content-Length: 1024\r\n", "x".repeat(1024)).body()).hasSize(1024);
        assertThat(upstream.connections()).isEqualTo(1);
    }

    @Test
    void aBodyOfUnknownLengthIsCutOffAtTheLimit() {
        limits("maxBody: 1KiB");
        String allowed = chunks("x".repeat(1024), 100);

        assertThat(ask("POST /", "Transfer-Encoding: chunked\r\n", allowed + "0\r\n\r\n").body()).hasSize(1024);
        refused(ask("POST /", "Transfer-Encoding: chunked\r\n", allowed + "1\r\nx\r\n0\r\n\r\n"), 413,
                "body.too_large");
        assertThat(upstream.requestCount()).as("requests that the service got whole").isEqualTo(1);
    }

    @Test
    void everyRouteTakesTenMebibytesAndMoreWhereItSaysSo() {
        String tooLarge = "Content-Length: " + ((10 << 20) + 1) + "\r\nExpect: 100-continue\r\n";
        refused(ask("POST /", tooLarge, ""), 413, "body.too_large");
        limits("methods: [POST]");
        refused(ask("POST /", tooLarge, ""), 413, "body.too_large");
        for (String more : new String[]{"maxBody: 11MiB", "maxBody: unlimited"}) {
            limits(more);
            assertThat(ask("POST /", tooLarge, "").status()).as(more).isEqualTo(100);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            image/png | 200
            IMAGE/SVG+XML | 200
            application/pdf | 200
            application/pdf; version=1.7 | 200
            application/pdfx | 415
            image/ | 415
            imagex/png | 415
            text/plain | 415
            application/pdf, text/html | 415
            '' | 415
            """)
    void bodiesOfOtherMediaTypesAreRefusedWithTheListOfThose(String type, int status) {
        limits("contentTypes: [image/*, application/pdf]");

        RawResponse response = ask("POST /", "Content-Type: " + type + "\r\nContent-Length: 1\r\n", "a");

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.field("accept")).isEqualTo(status == 200 ? null : "image/*, application/pdf");
        assertThat(response.fault()).isEqualTo(status == 200 ? "" : "body.media_type");
    }

    @Test
    void mediaTypesOfWhatHasNoBodyDoNotMatterAndTwoAreRefused() {
        limits("contentTypes: [image/*]");

        assertThat(ask("GET /", "Content-Type: text/plain\r\n", "").status()).isEqualTo(200);
        refused(ask("POST /", "Content-Length: 1\r\n", "a"), 415, "body.media_type");
        assertThat(ask("POST /", "Content-Type: image/png\r\nContent-Type: image/gif\r\nContent-Length: 1\r\n", "a")
                .status()).isEqualTo(400);
        assertThat(upstream.requestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/orders/1?a&b", "/uploads/1?a"})
    void aRouteThatListsItReplacesTheGlobalOneAsAWhole(String fits) {
        gateway.apply("""
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  orders: { endpoints: ["%s"] }
                policies:
                  - requestLimits: { maxBody: 1KiB, maxQueryParameters: 2 }
                routes:
                  orders: { match: [{ path: "/orders/**" }], upstream: orders }
                  uploads:
                    match: [{ path: "/uploads/**" }]
                    upstream: orders
                    policies: [{ requestLimits: { maxPathSegments: 2 } }]
                telemetry: { accessLog: { to: none } }
                """.formatted(upstream.url()));
        boolean uploads = fits.startsWith("/uploads");

        assertThat(ask("GET " + fits).status()).isEqualTo(200);
        assertThat(ask("GET " + fits + "&c&d").status()).isEqualTo(uploads ? 200 : 400);
        assertThat(ask("POST " + fits, "Content-Length: 1025\r\n", "x".repeat(1025)).status())
                .isEqualTo(uploads ? 200 : 413);
    }
}
