package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Headers;
import io.tidegate.api.Outcome;
import io.tidegate.api.Policy;
import io.tidegate.api.Request;
import io.tidegate.api.Response;
import io.tidegate.testkit.RawClient;
import io.tidegate.tests.GatewayYaml;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a policy keeps of an exchange beyond its end shows it nothing of the next one, which may be another client's.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#single")
class KeptExchangesTest extends ProxyTest {

    /// Keeps everything of the first exchange, and tries to use it while it serves the second.
    private static final class Keeper implements Policy {

        private final List<Runnable> reads = new ArrayList<>();
        private final List<Runnable> changes = new ArrayList<>();
        private final List<Throwable> readsThrown = new CopyOnWriteArrayList<>();
        private final List<Throwable> changesThrown = new CopyOnWriteArrayList<>();
        private boolean over;

        private static void use(List<Runnable> uses, List<Throwable> thrown) {
            for (Runnable use : uses) {
                try {
                    use.run();
                } catch (RuntimeException e) {
                    thrown.add(e);
                }
            }
        }

        @Override
        public Decision onRequest(Exchange exchange) {
            if (over) {
                use(reads, readsThrown);
                use(changes, changesThrown);
                return Decision.next();
            }
            Request request = exchange.request();
            Headers headers = request.headers();
            reads.addAll(List.of(exchange::id, exchange::client, exchange::route, exchange::response,
                    () -> exchange.offload(Decision::next), () -> exchange.request().method(), request::method,
                    request::scheme, request::path, request::query, request::host, request::authority,
                    request::contentLength, () -> request.pathParameter("any"), () -> headers.get("authorization"),
                    () -> headers.all("authorization"), () -> headers.contains("authorization"),
                    () -> headers.forEach((name, value) -> {})));
            changes.addAll(List.of(() -> request.setPath("/stolen"), () -> request.setQuery("stolen"),
                    () -> request.setAuthority("stolen"), () -> request.limitBody(0),
                    () -> headers.set("x-stolen", "1"), () -> headers.remove("authorization")));
            return Decision.next();
        }

        @Override
        public Decision onResponse(Exchange exchange) {
            if (!over) {
                Response response = exchange.response();
                Headers headers = response.headers();
                reads.addAll(List.of(response::status, response::contentLength, response::fromUpstream,
                        () -> headers.get("set-cookie")));
                changes.addAll(List.of(() -> response.setStatus(500), () -> headers.add("x-stolen", "1"),
                        () -> response.replaceBody(new byte[1])));
            }
            return Decision.next();
        }

        @Override
        public void onEnd(Exchange exchange, Outcome outcome) {
            assertThat(exchange.request().path()).as("what it shows at its end").isNotEmpty();
            over = true;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"enforce", "observe"})
    void aPolicyThatKeepsAnExchangeSeesNothingOfTheNext(String mode) {
        Keeper keeper = new Keeper();
        new Scripted().with("scripted", keeper).apply(gateway,
                GatewayYaml.to(upstream).route("policies: [{ scripted: {}, mode: " + mode + " }]").text());
        try (RawClient first = gateway.client(); RawClient second = gateway.client()) {
            assertThat(first.exchange(GET).status()).isEqualTo(200);

            assertThat(second.exchange("GET /secret?token=2 HTTP/1.1\r\nHost: b\r\nAuthorization: mine\r\n\r\n")
                    .status()).isEqualTo(200);
        }
        assertThat(keeper.readsThrown).hasSameSizeAs(keeper.reads).allSatisfy(KeptExchangesTest::saysThatItIsOver);
        // What a policy changes that only observes goes nowhere at any time.
        assertThat(keeper.changesThrown).hasSize(mode.equals("enforce") ? keeper.changes.size() : 0)
                .allSatisfy(KeptExchangesTest::saysThatItIsOver);
        assertThat(upstream.request(1).target()).isEqualTo("/secret?token=2");
        assertThat(upstream.received()).doesNotContain("stolen");
    }

    private static void saysThatItIsOver(Throwable thrown) {
        assertThat(thrown).isInstanceOf(IllegalStateException.class).hasMessageContaining("the exchange is over");
    }
}
