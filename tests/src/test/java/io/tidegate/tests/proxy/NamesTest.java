package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Services by name: what is asked of a real name server, and what comes of its answers.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#single")
class NamesTest {

    private static final String NAME = "orders.service.test";
    private static final String ONE = "127.0.0.1";
    private static final String TWO = "127.0.0.2";

    @Parameter
    private TestGateway.Setup setup = TestGateway.Setup.PLAIN;

    private NameServer names;
    private TestUpstream one;
    private TestUpstream two;
    private @Nullable TestGateway gateway;

    /// Closes every connection, so that each request has the name resolved.
    private static TestUpstream.Script closing(String body) {
        return TestUpstream.answeringOnce("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\n" + body);
    }

    @BeforeEach
    void start() {
        names = new NameServer(NAME);
        one = TestUpstream.start(closing("one"));
        two = TestUpstream.start(new InetSocketAddress(InetAddress.ofLiteral(TWO), one.port()), closing("two"));
    }

    private void serve() {
        gateway = TestGateway.start(setup, options -> options.withNameServers(List.of(names.address())),
                GatewayYaml.to("http://" + NAME + ":" + one.port()).upstream("timeouts: { connect: 500ms }").text());
    }

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
        one.close();
        two.close();
        names.close();
    }

    private RawResponse ask() {
        try (RawClient client = Objects.requireNonNull(gateway).client()) {
            return client.exchange(ProxyTest.GET);
        }
    }

    @Test
    void aNameIsResolvedAgainOnceItsTimeIsOver() {
        names.answer(1, ONE);
        serve();
        assertThat(ask().body()).isEqualTo("one");

        names.answer(1, TWO);

        Await.until("requests to go to the other address", () -> ask().body().equals("two"));
        assertThat(names.asked()).isGreaterThan(1);
    }

    @Test
    void anAnswerIsKeptForItsTime() {
        names.answer(3600, ONE);
        serve();
        assertThat(ask().body()).isEqualTo("one");

        names.answer(3600, TWO);

        for (int i = 0; i < 20; i++) {
            assertThat(ask().body()).isEqualTo("one");
        }
        assertThat(names.asked()).isEqualTo(1);
        assertThat(one.connections()).isEqualTo(21);
    }

    @Test
    void allAddressesOfANameAreUsed() {
        names.answer(3600, ONE, TWO);
        serve();

        for (int i = 0; i < 20; i++) {
            assertThat(ask().status()).isEqualTo(200);
        }

        assertThat(one.requestCount()).isPositive();
        assertThat(two.requestCount()).isPositive();
        assertThat(names.asked()).isEqualTo(1);
    }

    @Test
    void aNameThatIsNotThereIsA502UntilItIsThere() {
        serve();
        RawResponse failed = ask();
        assertThat(failed.status()).isEqualTo(502);
        assertThat(failed.fault()).isEqualTo("upstream.unresolved");

        names.answer(3600, ONE);

        assertThat(ask().body()).isEqualTo("one");
    }

    @Test
    void aNameServerThatDoesNotAnswerIsA504() {
        names.answer(3600, ONE);
        names.silent(true);
        serve();

        RawResponse late = ask();

        assertThat(late.status()).isEqualTo(504);
        assertThat(late.fault()).isEqualTo("upstream.connect_timeout");
        names.silent(false);
        Await.until("the name to be known", () -> ask().status() == 200);
    }

    @Test
    void aNameIsLookedUpBeforeAnybodyAsksForIt() {
        names.answer(3600, ONE);
        serve();
        Await.until("the name to be looked up", () -> names.asked() == 1);

        assertThat(ask().body()).isEqualTo("one");

        assertThat(names.asked()).isEqualTo(1);
    }

    @Test
    void aNameIsLookedUpAgainWithoutRequests() {
        names.answer(1, ONE);
        serve();

        Await.until("the name to be looked up again", () -> names.asked() > 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"forgets", "fails", "is silent"})
    void theLastAddressesAreUsedWhereTheNameServer(String does) {
        names.answer(1, ONE);
        serve();
        assertThat(ask().body()).isEqualTo("one");
        switch (does) {
            case "forgets" -> names.forget();
            case "fails" -> names.failing(true);
            default -> names.silent(true);
        }
        int before = names.asked();
        Await.until("the name to be asked for in vain", () -> names.asked() > before);

        for (int i = 0; i < 20; i++) {
            assertThat(ask().body()).isEqualTo("one");
        }
        assertThat(one.connections()).isEqualTo(21);

        names.failing(false);
        names.silent(false);
        names.answer(1, TWO);
        Await.until("requests to go to the other address", () -> ask().body().equals("two"));
    }

    @Test
    void aConnectionThatIsKeptOutlivesItsAddress() {
        one.script(TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nkept"));
        names.answer(1, ONE);
        serve();
        assertThat(ask().body()).isEqualTo("kept");
        names.forget();

        for (int i = 0; i < 20; i++) {
            assertThat(ask().body()).isEqualTo("kept");
        }

        assertThat(one.connections()).isEqualTo(1);
    }
}
