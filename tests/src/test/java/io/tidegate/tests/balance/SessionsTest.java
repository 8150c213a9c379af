package io.tidegate.tests.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Clients that a cookie keeps with an endpoint.
class SessionsTest extends BalanceFixture {

    private static final String SHARED = "stickySession: { cookie: tg, secret: 0123456789abcdef-secret }";

    private void run(String session) {
        gateway = TestGateway.start(GatewayYaml.to(all()).upstream(session).text());
    }

    private static String cookie(RawResponse response) {
        String field = Objects.requireNonNull(response.field("set-cookie"), "no cookie");
        return field.substring(0, field.indexOf(';'));
    }

    private double counted(String result) {
        return gateway.metric("tidegate_sticky_sessions_total", "result=\"" + result + '"');
    }

    @Test
    void aClientStaysWithTheEndpointThatAnsweredFirst() {
        services(4);
        run("stickySession: tg");
        for (int i = 0; i < 4; i++) {
            RawResponse first = get(client(), "/");
            assertThat(first.field("set-cookie")).matches("tg=[\\w-]{40}; Path=/; HttpOnly; SameSite=Lax");
            RawClient client = client();
            for (int again = 0; again < 5; again++) {
                RawResponse next = get(client, "/", "Cookie: a=1; " + cookie(first) + "; b=2");
                assertThat(next.body()).isEqualTo(first.body());
                assertThat(next.field("set-cookie")).isNull();
            }
        }
        assertThat(counted("made")).isEqualTo(4);
        assertThat(counted("kept")).isEqualTo(20);
    }

    @Test
    void theServiceSeesItWhereItIsToAndNotElse() {
        services(1);
        run("stickySession: tg");
        String given = cookie(get(client(), "/"));
        get(client(), "/", "Cookie: a=1; " + given, "Accept: x");
        RawRequest seen = service(0).request(1);
        assertThat(seen.field("cookie")).isEqualTo("a=1");
        get(client(), "/", "Cookie: " + given);
        assertThat(service(0).request(2).field("cookie")).isNull();
        closeGateway();
        run("stickySession: { cookie: tg, forward: true }");
        get(client(), "/", "Cookie: " + given);
        assertThat(service(0).request(3).field("cookie")).isEqualTo(given);
    }

    @Test
    void gatewaysWithTheSameSecretHonourEachOthers() {
        services(4);
        run(SHARED);
        try (TestGateway other = TestGateway.start(GatewayYaml.to(all()).upstream(SHARED).text());
                RawClient there = other.client()) {
            for (int i = 0; i < 6; i++) {
                RawResponse first = get(client(), "/");
                assertThat(get(there, "/", "Cookie: " + cookie(first)).body()).isEqualTo(first.body());
            }
        }
    }

    @Test
    void forgedOnesAreIgnoredAndCounted() {
        services(3);
        run(SHARED);
        RawResponse first = get(client(), "/");
        String forged = cookie(first).substring(0, 40) + (cookie(first).endsWith("AAA") ? "BBB" : "AAA");
        for (int i = 0; i < 10; i++) {
            assertThat(get(client(), "/", "Cookie: " + forged).field("set-cookie")).startsWith("tg=");
        }
        assertThat(counted("forged")).isEqualTo(10);
        assertThat(counted("kept")).isZero();
        service(0).requests().forEach(request -> assertThat(request.field("cookie")).isNull());
    }

    @Test
    void whereTheEndpointIsGoneAnotherOneIsChosenAndKept() {
        services(3);
        run(SHARED);
        RawResponse first = get(client(), "/");
        int gone = first.body().charAt(1) - '0';
        service(gone).close();
        RawResponse second = get(client(), "/", "Cookie: " + cookie(first));
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body()).isNotEqualTo(first.body());
        assertThat(get(client(), "/", "Cookie: " + cookie(second)).body()).isEqualTo(second.body());
        assertThat(counted("moved")).isEqualTo(1);
    }

    @Test
    void nobodyIsKeptWithAnEndpointThatIsUnavailable() {
        services.add(TestUpstream.start(TestUpstream.answering(
                "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")));
        run(SHARED);
        assertThat(get(client(), "/").field("set-cookie")).isNull();
    }

    @Test
    void sessionsOutliveAReloadOfTheUpstream() {
        services(3);
        run("stickySession: tg");
        RawResponse first = get(client(), "/");
        gateway.apply(GatewayYaml.to(all()).upstream("stickySession: tg, slowStart: 1s").text());
        assertThat(get(client(), "/", "Cookie: " + cookie(first)).body()).isEqualTo(first.body());
    }
}
