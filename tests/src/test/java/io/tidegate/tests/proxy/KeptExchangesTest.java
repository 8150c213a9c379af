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
import io.tidegate.testkit.RawResponse;
import io.tidegate.tests.GatewayYaml;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
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
        assertThat(keeper.changesThrown).allSatisfy(KeptExchangesTest::saysThatItIsOver);
        if (mode.equals("enforce")) {
            // What a policy changes that only observes goes nowhere at any time, whether it is told so or not.
            assertThat(keeper.changesThrown).hasSameSizeAs(keeper.changes);
        }
        assertThat(upstream.request(1).target()).isEqualTo("/secret?token=2");
        assertThat(upstream.received()).doesNotContain("stolen");
    }

    /// Takes the response and its fields before it waits, and changes them when it has waited.
    private static Policy changingLate(Function<Supplier<Decision>, Decision> waiting) {
        return new Policy() {
            @Override
            public Decision onResponse(Exchange exchange) {
                Response response = exchange.response();
                Headers headers = response.headers();
                return waiting.apply(() -> {
                    headers.set("x-late", headers.get("x-of") + " " + response.headers().get("x-of"));
                    response.setStatus(203);
                    return Decision.next();
                });
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nX-Of: service\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nX-Of: service\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Of: service\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"})
    void aResponseThatIsChangedAfterAWaitIsTheOneThatIsSent(String answer) {
        answers(answer);
        List<Policy> policies = List.of(changingLate(change -> Decision.withBody(10, body -> change.get())),
                changingLate(change -> Decision.await(CompletableFuture.supplyAsync(() -> 1)
                        .thenCompose(one -> CompletableFuture
                                .completedFuture(Decision.withBody(10, body -> change.get()))))));
        for (Policy policy : policies) {
            new Scripted().with("scripted", policy).apply(gateway,
                    GatewayYaml.to(upstream).route("policies: [{ scripted: {} }]").text());
            try (RawClient client = gateway.client()) {
                for (int i = 0; i < 3; i++) {
                    RawResponse response = client.exchange(GET);
                    assertThat(response.status()).isEqualTo(203);
                    assertThat(response.field("x-late")).isEqualTo("service service");
                    assertThat(response.body()).isIn("ok", "");
                }
            }
        }
    }

    private static void saysThatItIsOver(Throwable thrown) {
        assertThat(thrown).isInstanceOf(IllegalStateException.class).hasMessageContaining("the exchange is over");
    }
}
