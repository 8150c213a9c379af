package io.tidegate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.Attempt;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.Key;
import io.tidegate.api.Outcome;
import io.tidegate.api.Policy;
import io.tidegate.api.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTesterTest {

    /// Writes down its calls.
    private record Diary(String name, List<String> lines, Decision decision) implements Policy {

        @Override
        public Decision onRequest(Exchange exchange) {
            lines.add(name + " request");
            return decision;
        }

        @Override
        public void onAttempt(Exchange exchange, Attempt attempt) {
            lines.add(name + " attempt " + attempt.number());
        }

        @Override
        public Decision onResponse(Exchange exchange) {
            lines.add(name + " response " + exchange.response().status() + " upstream "
                    + exchange.response().fromUpstream());
            return Decision.next();
        }

        @Override
        public void onEnd(Exchange exchange, Outcome outcome) {
            lines.add(name + " end " + outcome.status());
        }

        @Override
        public void close() {
            lines.add(name + " close");
        }
    }

    @Test
    void callsPoliciesInOrderAndBackInReverse() {
        List<String> lines = new ArrayList<>();

        try (PolicyTester tester = PolicyTester.of(new Diary("a", lines, Decision.next()),
                new Diary("b", lines, Decision.next()))) {
            tester.get("/").send();
        }

        assertThat(lines).containsExactly("a request", "b request", "a attempt 1", "b attempt 1",
                "b response 200 upstream true", "a response 200 upstream true", "b end 200", "a end 200", "a close",
                "b close");
    }

    @Test
    void showsAnAnswerToThePoliciesThatHaveRunOnly() {
        List<String> lines = new ArrayList<>();
        PolicyTester tester = PolicyTester.of(new Diary("a", lines, Decision.next()),
                new Diary("b", lines, Decision.respond(Reply.of(202))), new Diary("c", lines, Decision.next()));

        TesterResult result = tester.get("/").send();

        assertThat(lines).containsExactly("a request", "b request", "b response 202 upstream false",
                "a response 202 upstream false", "b end 202", "a end 202");
        assertThat(result.reachedUpstream()).isFalse();
        assertThat(result.outcome().attempts()).isZero();
        assertThat(result.steps()).extracting(TesterResult.Step::policy).containsExactly(0, 1, 1, 0);
        assertThatThrownBy(result::sent).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void sendsUpstreamWhatIsLeftOfTheRequest() {
        TesterResult result = PolicyTester.of(Steps.change(exchange -> {
            exchange.request().setPath("/b/../c%7e//d");
            exchange.request().setQuery("x=2");
            exchange.request().setAuthority("inner.test:81");
            exchange.request().headers().set("X-Tag", "new");
            exchange.request().headers().remove("x-old");
            exchange.request().headers().add("x-tag", "more");
        })).post("/a?x=1").header("x-old", "1").header("x-tag", "old").body("hello").send();

        assertThat(result.sent().method()).isEqualTo("POST");
        assertThat(result.sent().path()).isEqualTo("/c~/d");
        assertThat(result.sent().query()).isEqualTo("x=2");
        assertThat(result.sent().authority()).isEqualTo("inner.test:81");
        assertThat(result.sent().headers()).containsExactly(new Field("X-Tag", "new"), new Field("x-tag", "more"));
        assertThat(result.sent().header("x-tag")).isEqualTo("new, more");
        assertThat(result.sent().text()).isEqualTo("hello");
        assertThat(result.outcome().requestBytes()).isEqualTo(5);
    }

    @Test
    void showsPoliciesTheRequestAsDescribed() {
        TesterResult result = PolicyTester.of(Steps.request(exchange -> {
            assertThat(exchange.id()).isEqualTo("id-1");
            assertThat(exchange.route()).isEqualTo("orders");
            assertThat(exchange.request().scheme()).isEqualTo("https");
            assertThat(exchange.request().host()).isEqualTo("[::1]");
            assertThat(exchange.request().authority()).isEqualTo("[::1]:8443");
            assertThat(exchange.request().path()).isEqualTo("/orders/%20");
            assertThat(exchange.request().query()).isEqualTo("q=a%20b&q=&p&%71=c;d+e");
            assertThat(exchange.request().queryParameter("q")).containsExactly("a b", "", "c;d e");
            assertThat(exchange.request().queryParameter("p")).containsExactly("");
            assertThat(exchange.request().pathParameter("id")).isEqualTo(" ");
            assertThat(exchange.request().pathParameter("none")).isNull();
            assertThat(exchange.request().contentLength()).isEqualTo(-1);
            assertThat(exchange.request().headers().get("transfer-encoding")).isEqualTo("chunked");
            assertThat(exchange.client().address()).isEqualTo("198.51.100.1");
            assertThat(exchange.client().peerAddress()).isEqualTo("10.0.0.1");
            assertThat(exchange.client().trusted()).isTrue();
            assertThat(exchange.client().secure()).isTrue();
            return Decision.respond(Reply.of(200));
        })).request("PUT", "/x/../orders/%20?q=a%20b&q=&p&%71=c;d+e").id("id-1").route("orders").secure()
                .authority("[::1]:8443").pathParameter("id", " ").body("x").chunked().from("198.51.100.1")
                .through("10.0.0.1").send();

        assertThat(result.status()).as(result.toString()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/../x", "/a%zz", "x", "/a?b c"})
    void refusesToDescribeWhatTheGatewayRefusesFirst(String target) {
        assertThatThrownBy(() -> PolicyTester.of().get(target)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the gateway refuses");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection", "transfer-encoding", "Content-Length", "host", "TE", "Trailer", "Upgrade",
        "Keep-Alive", "Proxy-Connection", "Expect", "Proxy-Authorization", "Proxy-Authenticate", "HTTP2-Settings"})
    void keepsWhatIsTheGatewaysOwn(String name) {
        List<Consumer<Exchange>> changes = List.of(exchange -> exchange.request().headers().set(name, "x"),
                exchange -> exchange.request().headers().add(name, "x"),
                exchange -> exchange.request().headers().remove(name));
        for (Consumer<Exchange> change : changes) {
            TesterResult result = PolicyTester.of(Steps.change(change)).get("/").send();

            assertThat(result.fault()).isEqualTo(Fault.POLICY_FAILED);
            assertThat(result.status()).isEqualTo(500);
            assertThat(result.exception()).isNull();
        }
    }

    @Test
    void doesNotForwardHopByHopFields() {
        TesterResult result = PolicyTester.of().get("/").header("connection", "close").header("x-a", "1")
                .upstream(Reply.of(200).withHeader("keep-alive", "timeout=5").withHeader("x-b", "2")).send();

        assertThat(result.sent().headers()).containsExactly(new Field("x-a", "1"));
        assertThat(result.headers()).containsExactly(new Field("x-b", "2"));
    }

    @ParameterizedTest
    @CsvSource({"/../x,path.above_root", "x,target.form", "/a%zz,path.escape", "/a b,target.char"})
    void refusesAPathThatIsNone(String path, String code) {
        TesterResult result = PolicyTester.of(Steps.change(exchange -> exchange.request().setPath(path))).get("/")
                .send();

        assertThat(result.fault()).isNotNull().extracting(Fault::code).isEqualTo(code);
        assertThat(result.status()).isEqualTo(400);
    }

    @Test
    void refusesControlCharactersWhereverTheyGo() {
        List<Consumer<Exchange>> changes = List.of(
                exchange -> exchange.request().headers().set("x", "a\r\nb"),
                exchange -> exchange.request().headers().add("x y", "a"),
                exchange -> exchange.request().setQuery("a b"), exchange -> exchange.request().setQuery("a#b"),
                exchange -> exchange.request().setAuthority("a/b"),
                exchange -> exchange.request().setAuthority("a:0"));
        for (Consumer<Exchange> change : changes) {
            assertThat(PolicyTester.of(Steps.change(change)).get("/").send().fault()).isEqualTo(Fault.EMIT_CTL);
        }
    }

    @Test
    void answersAFaultAsAProblem() {
        TesterResult result = PolicyTester.of(Steps.request(
                _ -> Decision.fail(Fault.TOO_MANY_CONNECTIONS, List.of(new Field("retry-after", "5"))))).get("/")
                .send();

        assertThat(result.status()).isEqualTo(429);
        assertThat(result.header("retry-after")).isEqualTo("5");
        assertThat(result.header("content-type")).isEqualTo("application/problem+json");
        assertThat(result.text()).contains("\"status\":429").contains("connection.too_many");
        assertThat(result.outcome().fault()).isEqualTo(Fault.TOO_MANY_CONNECTIONS);
    }

    @Test
    void takesTheFaultOfAFaultException() {
        TesterResult result = PolicyTester.of(Steps.request(_ -> {
            throw new FaultException(Fault.LIMIT_EXCEEDED);
        })).get("/").send();

        assertThat(result.fault()).isEqualTo(Fault.LIMIT_EXCEEDED);
    }

    @Test
    void hidesAnyOtherExceptionFromTheClient() {
        TesterResult result = PolicyTester.of(Steps.response(_ -> {
            throw new IllegalStateException("inner workings");
        })).get("/").send();

        assertThat(result.fault()).isEqualTo(Fault.POLICY_FAILED);
        assertThat(result.text()).doesNotContain("inner workings");
        assertThat(result.exception()).hasMessage("inner workings");
        assertThat(result.reachedUpstream()).isTrue();
    }

    @Test
    void replacesTheMethodUnlessThatIsAboutHead() {
        TesterResult replaced = PolicyTester.of(Steps.change(exchange -> {
            exchange.request().setMethod("REPORT");
            exchange.request().acceptTrailers();
            assertThat(exchange.request().method()).isEqualTo("REPORT");
        })).get("/").send();
        PolicyTester post = PolicyTester.of(Steps.change(exchange -> exchange.request().setMethod("POST")));
        PolicyTester head = PolicyTester.of(Steps.change(exchange -> exchange.request().setMethod("HEAD")));

        assertThat(replaced.sent().method()).isEqualTo("REPORT");
        assertThat(replaced.sent().acceptsTrailers()).isTrue();
        assertThat(post.request("HEAD", "/").send().exception()).isInstanceOf(IllegalStateException.class);
        assertThat(head.get("/").send().exception()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void changesTheResponseOnItsWayBack() {
        TesterResult result = PolicyTester.of(Steps.response(exchange -> Decision.withBody(100, body -> {
            exchange.response().setStatus(418);
            exchange.response().headers().set("x-was", Integer.toString(body.length()));
            exchange.response().replaceBody(new byte[]{'o', 'k'});
            return Decision.next();
        }))).get("/").upstream(Reply.of(200).withBody("text/plain", "hello")).upstreamStreams().send();

        assertThat(result.status()).isEqualTo(418);
        assertThat(result.header("x-was")).isEqualTo("5");
        assertThat(result.text()).isEqualTo("ok");
        assertThat(result.outcome().responseBytes()).isEqualTo(2);
        assertThat(result.headerValues("content-type")).containsExactly("text/plain");
    }

    @Test
    void letsAPolicyAnswerInPlaceOfTheUpstream() {
        List<String> lines = new ArrayList<>();
        TesterResult result = PolicyTester.of(new Diary("a", lines, Decision.next()),
                Steps.response(_ -> Decision.respond(Reply.of(203)))).get("/").send();

        assertThat(result.status()).isEqualTo(203);
        assertThat(lines).contains("a response 203 upstream false");
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 204, 304, 600})
    void refusesAStatusThatChangesFraming(int status) {
        TesterResult result = PolicyTester.of(Steps.response(exchange -> {
            exchange.response().setStatus(status);
            return Decision.next();
        })).get("/").send();

        assertThat(result.fault()).isEqualTo(Fault.POLICY_FAILED);
    }

    @Test
    void refusesToChangeARequestThatWasSent() {
        TesterResult path = PolicyTester.of(Steps.response(exchange -> {
            exchange.request().setPath("/x");
            return Decision.next();
        })).get("/").send();
        TesterResult header = PolicyTester.of(Steps.response(exchange -> {
            exchange.request().headers().set("x", "1");
            return Decision.next();
        })).get("/").send();
        TesterResult transform = PolicyTester.of(Steps.response(exchange -> {
            exchange.transformRequest((_, _, _) -> {});
            return Decision.next();
        })).get("/").send();

        assertThat(List.of(path, header, transform)).extracting(TesterResult::exception)
                .allMatch(IllegalStateException.class::isInstance);
    }

    @Test
    void hasNoResponseBeforeThereIsOne() {
        TesterResult result = PolicyTester.of(Steps.change(Exchange::response)).get("/").send();

        assertThat(result.exception()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void keepsValuesForOneExchangeOnly() {
        Key<String> key = Key.of("seen");
        List<Boolean> first = new ArrayList<>();
        PolicyTester tester = PolicyTester.of(Steps.change(exchange -> {
            first.add(exchange.get(key) == null);
            exchange.put(key, "yes");
        }), Steps.change(exchange -> assertThat(exchange.get(key)).isEqualTo("yes")));

        assertThat(tester.get("/").send().exception()).isNull();
        tester.get("/").send();

        assertThat(first).containsExactly(true, true);
    }

    @Test
    void sendsNoBodyInAnswerToHead() {
        TesterResult result = PolicyTester.of().request("HEAD", "/").upstream(Reply.of(200).withBody("text/plain", "x"))
                .send();

        assertThat(result.text()).isEmpty();
        assertThat(result.header("content-type")).isEqualTo("text/plain");
    }

    @Test
    void takesTheExchangeBackAfterItsEnd() {
        List<Exchange> kept = new ArrayList<>();
        PolicyTester.of(Steps.change(kept::add)).get("/").send();

        assertThatThrownBy(() -> kept.getFirst().id()).isInstanceOf(IllegalStateException.class);
    }
}
