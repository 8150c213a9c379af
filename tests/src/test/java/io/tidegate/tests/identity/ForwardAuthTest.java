package io.tidegate.tests.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawField;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestUpstream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Requests that a service decides on.
class ForwardAuthTest extends AccessFixture {

    private static final String CONSUMERS = "consumers: { acme: { groups: [partners] } }";

    private TestUpstream decider() {
        return asked(request -> {
            String cookie = request.field("cookie");
            return cookie == null
                    ? answer(302, "Location: https://login.example.com/\r\nSet-Cookie: state=1\r\n", "")
                    : cookie.equals("who=acme")
                            ? answer(200, "X-User: acme\r\nX-Role: buyer\r\n", "ok")
                            : answer(403, "", "");
        });
    }

    private static String policy(TestUpstream decider, String more) {
        return "{ forwardAuth: { url: \"" + decider.url()
                + "/check\", responseHeaders: [X-Role], consumer: X-User, http: { timeout: 20s }" + more + " } }";
    }

    @Test
    void theServiceDecidesAndSaysWhoCalls() {
        TestUpstream decider = decider();
        start(yaml(policy(decider, "")).with(CONSUMERS));
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(request("/a?b", "Cookie: who=acme\r\nX-Role: root\r\nX-Forwarded-Uri: /\r\n"))
                    .status()).isEqualTo(200);
            RawResponse login = client.exchange(request("/", ""));
            assertThat(login.status()).isEqualTo(302);
            assertThat(login.field("Location")).isEqualTo("https://login.example.com/");
            assertThat(login.field("Set-Cookie")).isEqualTo("state=1");
            assertThat(client.exchange(request("/", "Cookie: who=eve\r\n")).fault()).isEqualTo("access.denied");
        }
        RawRequest asked = decider.request(0);
        assertThat(asked.line()).isEqualTo("GET /check HTTP/1.1");
        assertThat(asked.field("x-forwarded-uri")).isEqualTo("/a?b");
        assertThat(asked.field("x-forwarded-host")).isEqualTo("shop");
        assertThat(asked.field("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(service.requestCount()).isEqualTo(1);
        assertThat(service.request(0).field("x-role")).isEqualTo("buyer");
        assertThat(service.request(0).count("x-role")).isEqualTo(1);
        assertThat(service.request(0).field("x-user")).isNull();
    }

    @Test
    void aRefusalWithTheBodyOfTheGatewayHasItsTypeAlone() {
        TestUpstream decider = asked(request -> answer(403, "Content-Type: text/html\r\nX-Why: no\r\n", "<sorry>"));
        start(yaml(policy(decider, ", refusalHeaders: [Content-Type, X-Why]")).with(CONSUMERS));
        try (RawClient client = gateway.client()) {
            RawResponse refused = client.exchange(request("/", ""));
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.fields()).filteredOn(field -> field.name().equalsIgnoreCase("content-type"))
                    .extracting(RawField::value).containsExactly("application/problem+json");
            assertThat(refused.field("X-Why")).isEqualTo("no");
        }
    }

    @Test
    void aBodyGoesToBoth() {
        TestUpstream decider = decider();
        start(yaml(policy(decider, ", includeBody: 1KiB")).with(CONSUMERS));
        try (RawClient client = gateway.client()) {
            assertThat(
                    client.exchange("POST / HTTP/1.1\r\nHost: a\r\nCookie: who=acme\r\nContent-Length: 4\r\n\r\nbody")
                            .status())
                    .isEqualTo(200);
            assertThat(client.exchange(request("/", "Cookie: who=acme\r\n")).status()).isEqualTo(200);
        }
        assertThat(decider.request(0).line()).isEqualTo("POST /check HTTP/1.1");
        assertThat(decider.request(0).body()).isEqualTo("body");
        assertThat(decider.request(1).body()).isEmpty();
        assertThat(service.request(0).body()).isEqualTo("body");
    }

    @Test
    void aServiceThatAnswersNothingHoldsNoMoreRequestsThanItMay() {
        TestUpstream decider = service(TestUpstream.silent());
        start(yaml(policy(decider, "").replace("http: { timeout: 20s }", "http: { timeout: 1s, maxCalls: 4 }"))
                .with(CONSUMERS));
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            clients.add(gateway.client().send(request("/", "Cookie: who=acme\r\n")));
        }
        for (RawClient client : clients) {
            RawResponse response = client.receive();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.fault()).isEqualTo("access.unavailable");
            assertThat(response.field("Retry-After")).isEqualTo("1");
            client.close();
        }
        assertThat(decider.heads().size()).isBetween(1, 8);
        assertThat(service.requestCount()).isZero();
    }

    @Test
    void whoOnlyObservesRefusesNobodyAndChangesNothing() {
        TestUpstream decider = decider();
        start(yaml(policy(decider, "").replace("{ forward", "{ mode: observe, forward")).with(CONSUMERS));
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange(request("/", "")).status()).isEqualTo(200);
            assertThat(client.exchange(request("/", "Cookie: who=acme\r\n")).status()).isEqualTo(200);
        }
        assertThat(decider.requestCount()).isEqualTo(2);
        assertThat(service.request(1).field("x-role")).isNull();
    }
}
