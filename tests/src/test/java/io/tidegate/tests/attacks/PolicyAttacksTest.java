package io.tidegate.tests.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients send to policies: text that becomes part of what is written (C18), fields that claim an identity (D11),
/// and several values where a policy might see one (D12). With the gateway's own policies, on the wire.
class PolicyAttacksTest {

    private static final String EVIL = "a%0d%0aX-Evil:%201%0d%0a%0d%0aGET%20smuggled";

    private TestUpstream upstream;
    private TestGateway gateway;

    @BeforeEach
    void start() {
        upstream = TestUpstream.hello();
        gateway = TestGateway.start("""
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  all: { endpoints: ["%s"] }
                telemetry: { accessLog: { to: none } }
                routes:
                  plain: { upstream: all }
                  request-field:
                    match: [{ path: "/request/{what}" }]
                    upstream: all
                    policies: [{ headers: { request: { set: { x-what: "{path.what}" } } } }]
                  response-field:
                    match: [{ path: "/response/{what}" }]
                    upstream: all
                    policies: [{ headers: { response: { set: { x-what: "{path.what}" } } } }]
                  location:
                    match: [{ path: "/location/{what}" }]
                    upstream: all
                    policies: [{ headers: { response: { set: { location: "{path.what}" } } } }]
                  answer:
                    match: [{ path: "/answer/{what}" }]
                    policies: [{ respond: { status: 200, headers: { x-what: "{path.what}" } } }]
                  redirect:
                    match: [{ path: "/redirect/{what}" }]
                    policies: [{ redirect: { to: "/to/{path.what}?q={path.what}" } }]
                  rewrite:
                    match: [{ path: "/rewrite/{what}" }]
                    upstream: all
                    policies: [{ rewrite: { path: "/to/{what}", query: { set: { q: "{path.what}" } } } }]
                  regex:
                    match: [{ path: "/regex/**" }]
                    upstream: all
                    policies: [{ rewrite: { regex: "^/regex/(.*)$", replacement: "/to/$1" } }]
                  identity:
                    match: [{ path: /identity }]
                    upstream: all
                    policies: [{ headers: { request: { set: { x-user-id: gateway }, remove: [x-consumer-name] } } }]
                  roles:
                    match: [{ path: /roles }]
                    upstream: all
                    policies:
                      - respond: { status: 204 }
                        when: request.headers[?"x-role"].orValue("") == "user"
                      - headers: { request: { set: { x-seen: "{header.x-role}" } } }
                """.formatted(upstream.url()));
    }

    @AfterEach
    void stop() {
        gateway.close();
        upstream.close();
    }

    private double rejects(String reason) {
        return gateway.metric("tidegate_rejects_total", "reason=\"" + reason + '"');
    }

    @ParameterizedTest
    @ValueSource(strings = {"request", "response", "location", "answer"})
    void aDecodedLineEndIsNeverWrittenIntoAField(String route) {
        try (RawClient client = gateway.client()) {
            client.send("GET /" + route + "/" + EVIL + " HTTP/1.1\r\nHost: a\r\n\r\n" + Attacks.SMUGGLED);
            RawResponse response = client.receive();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.fault()).isEqualTo("emit.ctl");
            assertThat(response.field("x-evil")).isNull();
            assertThat(response.field("x-what")).isNull();
            assertThat(response.field("connection")).isEqualTo("close");
            Attacks.checkProblem(response);
            Attacks.checkClosed(client);
        }
        Await.until("the reject to be counted", () -> rejects("emit.ctl") == 1);
        assertThat(upstream.received()).doesNotContain("smuggled HTTP/1.1\r\nHost", "\nX-Evil");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%00", "%0a", "%0d", "%7f", "%01"})
    void noControlCharacterIsWrittenIntoAField(String encoded) {
        try (RawClient client = gateway.client()) {
            RawResponse response = client.get("/request/a" + encoded + "b");
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.fault()).isIn("emit.ctl", "path.escape");
            Attacks.checkClosed(client);
        }
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void whatCanStandInAFieldDoes() {
        try (RawClient client = gateway.client()) {
            assertThat(client.get("/request/a%20b").status()).isEqualTo(200);
            assertThat(client.get("/answer/a%20b").field("x-what")).isEqualTo("a b");
        }
        assertThat(upstream.request(0).field("x-what")).isEqualTo("a b");
    }

    @Test
    void aLineEndIsEscapedAgainInARedirect() {
        try (RawClient client = gateway.client()) {
            RawResponse response = client.get("/redirect/a%0d%0aX-Evil:%201");
            assertThat(response.status()).isEqualTo(307);
            assertThat(response.field("location")).isEqualTo("/to/a%0D%0AX-Evil:%201?q=a%0D%0AX-Evil:%201");
            assertThat(response.field("x-evil")).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"/rewrite/a%0d%0aX-Evil:%201|/to/a%0D%0AX-Evil:%201?q=a%0D%0AX-Evil%3A%201",
        "/regex/a%0d%0aX-Evil:%201|/to/a%0D%0AX-Evil:%201"})
    void aLineEndIsEscapedAgainInATarget(String sent, String forwarded) {
        try (RawClient client = gateway.client()) {
            assertThat(client.get(sent).status()).isEqualTo(200);
        }
        assertThat(upstream.requests()).extracting(RawRequest::target).containsExactly(forwarded);
        assertThat(upstream.request(0).field("x-evil")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-User-Id: admin\r\n", "x-user-id: admin\r\nX-USER-ID: root\r\n", "X_User_Id: admin\r\n",
        "X_User-Id: admin\r\n", "Connection: close, X-User-Id\r\nX-User-Id: admin\r\n",
        "Connection: x-user-id\r\n"})
    void anIdentityThatAPolicySetsIsItsAlone(String claimed) {
        try (RawClient client = gateway.client()) {
            RawResponse response = client.exchange("GET /identity HTTP/1.1\r\nHost: a\r\n" + claimed
                    + "X-Consumer-Name: root\r\nx-consumer-name: root\r\nX_Consumer_Name: root\r\n\r\n");
            assertThat(response.status()).isEqualTo(200);
        }
        RawRequest request = upstream.request(0);
        assertThat(request.fields()).filteredOn(field -> field.name().matches("(?i)x.user.id|x.consumer.name"))
                .extracting(Object::toString).containsExactly("x-user-id: gateway");
        assertThat(request.field("connection")).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"X-Role: user\\r\\nX-Role: admin\\r\\n|user, admin",
        "X-Role: user\\r\\nX-A: b\\r\\nx-role: admin\\r\\n|user, admin", "X-Role: user,admin\\r\\n|user,admin",
        "X-Role: user\\r\\nX-Role:\\r\\n|'user, '", "X-Role: admin\\r\\nX-Role: user\\r\\n|admin, user"})
    void aPolicyThatAsksForOneValueSeesAllOfThem(String fields, String seen) {
        try (RawClient client = gateway.client()) {
            RawResponse response = client
                    .exchange("GET /roles HTTP/1.1\r\nHost: a\r\n" + AttackCase.unescape(fields) + "\r\n");
            assertThat(response.status()).as("status, 204 if it took the request for one of a user").isEqualTo(200);
        }
        assertThat(upstream.request(0).field("x-seen")).isEqualTo(seen.strip());
    }

    @Test
    void aSingleValueIsSeenAsItIs() {
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("GET /roles HTTP/1.1\r\nHost: a\r\nX-Role: user\r\n\r\n").status())
                    .isEqualTo(204);
        }
    }
}
