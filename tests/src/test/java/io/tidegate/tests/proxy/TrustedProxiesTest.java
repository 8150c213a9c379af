package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.tests.GatewayYaml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who the client is where proxies stand in front, and what the service is told of them.
class TrustedProxiesTest extends ProxyTest {

    private static final String HOPS = "X-Forwarded-For: 203.0.113.9, 10.1.1.1\r\nX-Forwarded-For: 10.2.2.2\r\n"
            + "X-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example\r\n"
            + "Forwarded: for=203.0.113.9;proto=https\r\nForwarded: for=10.1.1.1, for=10.2.2.2\r\n"
            + "X-Forwarded-Port: 443\r\nX-Forwarded-Prefix: /x\r\nX-Forwarded-Server: s\r\nX-Forwarded-Scheme: https\r\n"
            + "X-Real-IP: 203.0.113.9\r\nX-Forwarded-Client-Cert: c\r\n";

    @Override
    GatewayYaml configuration() {
        return trusting("[127.0.0.0/8, 10.0.0.0/8, \"fd00::/8\"]");
    }

    private GatewayYaml trusting(String proxies) {
        return GatewayYaml.to(upstream).listener("trustedProxies: " + proxies).route("policies: [{ headers: { request:"
                + " { set: { x-client: \"{client.address}\", x-scheme: \"{request.scheme}\" } } } }]");
    }

    private RawRequest sent(String fields) {
        int before = upstream.requestCount();
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("GET / HTTP/1.1\r\nHost: in.example\r\n" + fields + "\r\n").status())
                    .isEqualTo(200);
        }
        return upstream.request(before);
    }

    private static void removed(RawRequest request) {
        for (String name : new String[]{"x-forwarded-port", "x-forwarded-prefix", "x-forwarded-server",
            "x-forwarded-scheme", "x-real-ip", "x-forwarded-client-cert"}) {
            assertThat(request.field(name)).as(name).isNull();
        }
    }

    @Test
    void whatTrustedProxiesSayIsContinued() {
        RawRequest request = sent(HOPS);

        assertThat(request.field("x-forwarded-for")).isEqualTo("203.0.113.9, 10.1.1.1, 10.2.2.2, 127.0.0.1");
        assertThat(request.count("x-forwarded-for")).isEqualTo(1);
        assertThat(request.field("x-forwarded-proto")).isEqualTo("https");
        assertThat(request.field("x-forwarded-host")).isEqualTo("shop.example");
        assertThat(request.field("forwarded")).isEqualTo(
                "for=203.0.113.9;proto=https, for=10.1.1.1, for=10.2.2.2, for=127.0.0.1;proto=http");
        assertThat(request.count("forwarded")).isEqualTo(1);
        assertThat(request.field("x-client")).isEqualTo("203.0.113.9");
        assertThat(request.field("x-scheme")).isEqualTo("https");
        assertThat(request.field("host")).isEqualTo("in.example");
        removed(request);
    }

    @Test
    void nothingThatAStrangerSaysIsBelieved() {
        gateway.apply(trusting("[10.0.0.0/8]").text());

        RawRequest request = sent(HOPS);

        assertThat(request.field("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(request.field("x-forwarded-proto")).isEqualTo("http");
        assertThat(request.field("x-forwarded-host")).isEqualTo("in.example");
        assertThat(request.field("forwarded")).isEqualTo("for=127.0.0.1;proto=http");
        assertThat(request.field("x-client")).isEqualTo("127.0.0.1");
        assertThat(request.field("x-scheme")).isEqualTo("http");
        removed(request);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            203.0.113.9                          | 203.0.113.9
            203.0.113.9, 10.1.1.1, 10.2.2.2      | 203.0.113.9
            evil, 198.51.100.7, 10.2.2.2         | 198.51.100.7
            203.0.113.9, 198.51.100.7            | 198.51.100.7
            203.0.113.9, unknown, 10.2.2.2       | 10.2.2.2
            203.0.113.9, localhost               | 127.0.0.1
            10.1.1.1, 10.2.2.2                   | 10.1.1.1
            2001:db8::9, fd00::1                 | 2001:db8:0:0:0:0:0:9
            '203.0.113.9,,10.2.2.2'              | 10.2.2.2
            """)
    void theClientIsTheLastAddressThatNoTrustedProxyHas(String hops, String client) {
        RawRequest request = sent("X-Forwarded-For: " + hops + "\r\n");

        assertThat(request.field("x-client")).isEqualTo(client);
        assertThat(request.field("x-forwarded-for")).isEqualTo(hops + ", 127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({"HTTPS, https", "http, http", "ftp, http", "'', http"})
    void theSchemeIsWhatATrustedProxySays(String said, String scheme) {
        assertThat(sent("X-Forwarded-Proto: " + said + "\r\n").field("x-scheme")).isEqualTo(scheme);
    }

    @Test
    void whatAProxyDoesNotSayIsSaidForIt() {
        RawRequest request = sent("");

        assertThat(request.field("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(request.field("x-forwarded-proto")).isEqualTo("http");
        assertThat(request.field("x-forwarded-host")).isEqualTo("in.example");
        assertThat(request.field("forwarded")).isEqualTo("for=127.0.0.1;proto=http");
    }

    @Test
    void theNextRequestOfAProxyIsAnotherClients() {
        try (RawClient proxy = gateway.client()) {
            for (String client : new String[]{"203.0.113.1", "203.0.113.2"}) {
                proxy.exchange("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " + client + "\r\n\r\n");
                assertThat(upstream.requests().getLast().field("x-client")).isEqualTo(client);
            }
            proxy.exchange(GET);
            assertThat(upstream.requests().getLast().field("x-client")).isEqualTo("127.0.0.1");
        }
    }
}
