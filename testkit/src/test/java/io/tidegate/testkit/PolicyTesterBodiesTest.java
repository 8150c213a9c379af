package io.tidegate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.Policy;
import io.tidegate.api.Reply;
import io.tidegate.api.UpstreamFaults;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What policies do with bodies, and with what is behind them.
class PolicyTesterBodiesTest {

    @Test
    void showsABodyAndPutsAnotherInItsPlace() {
        TesterResult result = PolicyTester.of(Steps.request(exchange -> Decision.withBody(5, body -> {
            exchange.request().replaceBody((body.text(StandardCharsets.UTF_8) + "!").getBytes(
                    StandardCharsets.UTF_8));
            return Decision.next();
        })), Steps.request(_ -> Decision.withBody(6, body -> {
            assertThat(body.length()).isEqualTo(6);
            return Decision.next();
        }))).post("/")
                .body("hello").chunked().send();

        assertThat(result.sent().text()).isEqualTo("hello!");
        assertThat(result.exception()).isNull();
    }

    @Test
    void refusesABodyLongerThanAPolicyCollects() {
        TesterResult result = PolicyTester.of(Steps.request(_ -> Decision.withBody(4, _ -> Decision.next())))
                .post("/").body("hello").send();

        assertThat(result.fault()).isEqualTo(Fault.BODY_TOO_LARGE);
        assertThat(result.reachedUpstream()).isFalse();
    }

    @Test
    void limitsTheBody() {
        Policy limit = Steps.change(exchange -> exchange.request().limitBody(4));

        assertThat(PolicyTester.of(limit).post("/").body("four").chunked().send().status()).isEqualTo(200);
        assertThat(PolicyTester.of(limit).post("/").body("fives").chunked().send().fault())
                .isEqualTo(Fault.BODY_TOO_LARGE);
        assertThat(PolicyTester.of().post("/").body(new byte[10 << 20]).send().status()).isEqualTo(200);
        assertThat(PolicyTester.of().post("/").body(new byte[(10 << 20) + 1]).send().fault())
                .isEqualTo(Fault.BODY_TOO_LARGE);
    }

    @Test
    void takesABodyBackAfterTheCallThatShowsIt() {
        List<io.tidegate.api.Body> kept = new ArrayList<>();
        PolicyTester.of(Steps.request(_ -> Decision.withBody(10, body -> {
            kept.add(body);
            return Decision.next();
        }))).post("/").body("x").send();

        assertThatThrownBy(() -> kept.getFirst().length()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesToReplaceABodyThatNobodyCollected() {
        TesterResult result = PolicyTester.of(Steps.change(exchange -> exchange.request().replaceBody(new byte[1])))
                .post("/").body("x").send();

        assertThat(result.fault()).isEqualTo(Fault.POLICY_FAILED);
        assertThat(result.exception()).hasMessageContaining("collected");
    }

    @Test
    void waitsForWorkOnAVirtualThread() {
        List<Boolean> virtual = new ArrayList<>();
        TesterResult result = PolicyTester.of(Steps.request(exchange -> exchange.offload(() -> {
            virtual.add(Thread.currentThread().isVirtual());
            return Decision.respond(Reply.of(202));
        }))).get("/").send();

        assertThat(result.status()).isEqualTo(202);
        assertThat(virtual).containsExactly(true);
    }

    @Test
    void findsOutAnExchangeTouchedOffItsLoop() {
        TesterResult result = PolicyTester.of(Steps.request(exchange -> exchange.offload(() -> {
            exchange.request().headers().set("x", "1");
            return Decision.next();
        }))).get("/").send();

        assertThat(result.fault()).isEqualTo(Fault.POLICY_FAILED);
        assertThat(result.exception()).hasMessageContaining("off its event loop");
    }

    @Test
    void failsWithWhatAnAwaitedStageFailedWith() {
        TesterResult known = PolicyTester.of(Steps.request(_ -> Decision.await(
                CompletableFuture.failedFuture(new FaultException(UpstreamFaults.BUSY))))).get("/").send();
        TesterResult other = PolicyTester.of(Steps.request(_ -> Decision.await(
                CompletableFuture.failedFuture(new IllegalStateException("no"))))).get("/").send();

        assertThat(known.fault()).isEqualTo(UpstreamFaults.BUSY);
        assertThat(other.fault()).isEqualTo(Fault.POLICY_FAILED);
    }

    @Test
    void transformsBodiesInOrder() {
        TesterResult result = PolicyTester.of(new Shout("!"), new Shout("?")).post("/").body("hello").chunksOf(2)
                .upstream(sent -> Reply.of(200).withBody("text/plain", sent.text())).send();

        assertThat(result.sent().text()).isEqualTo("HELLO!?");
        assertThat(result.text()).isEqualTo("HELLO!??!");
    }

    /// Writes bodies in capitals and a mark behind them.
    private record Shout(String mark) implements Policy {

        @Override
        public Decision onRequest(Exchange exchange) {
            exchange.transformRequest(this::shout);
            return Decision.next();
        }

        @Override
        public Decision onResponse(Exchange exchange) {
            exchange.transformResponse(this::shout);
            return Decision.next();
        }

        private void shout(ByteBuffer chunk, boolean last, BodyTransform.Sink sink) {
            byte[] bytes = new byte[chunk.remaining()];
            chunk.get(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8).toUpperCase(java.util.Locale.ROOT);
            sink.write(ByteBuffer
                    .wrap((last ? text + mark : text).getBytes(StandardCharsets.UTF_8)));
        }
    }

    /// Counts the fields behind a body within it, and lets them pass or not.
    private record Counting(boolean pass) implements BodyTransform {

        @Override
        public void onChunk(ByteBuffer chunk, boolean last, Sink sink) {
            sink.write(chunk);
        }

        @Override
        public List<Field> onTrailers(List<Field> trailers, Sink sink) {
            sink.write(ByteBuffer.wrap(Integer.toString(trailers.size()).getBytes(StandardCharsets.UTF_8)));
            return pass ? trailers : List.of();
        }
    }

    @Test
    void showsTransformsWhatIsBehindBodiesInOrder() {
        TesterResult result = PolicyTester.of(new Steps(exchange -> {
            exchange.transformRequest(new Counting(true));
            exchange.transformRequest(new Counting(true));
            return Decision.next();
        }, exchange -> {
            exchange.transformResponse(new Counting(false));
            exchange.transformResponse(new Counting(true));
            return Decision.next();
        })).post("/").body("a").trailer("x-a", "1").chunksOf(1).upstream(Reply.of(200).withBody("text/plain", "b"))
                .upstreamTrailer("x-b", "1").upstreamTrailer("x-c", "2").send();

        assertThat(result.sent().text()).isEqualTo("a11");
        assertThat(result.sent().trailers()).containsExactly(new Field("x-a", "1"));
        assertThat(result.text()).isEqualTo("b20");
        assertThat(result.trailers()).isEmpty();
    }

    @Test
    void showsWhatIsBehindCollectedBodiesAndDropsItWithThem() {
        TesterResult kept = PolicyTester.of(Steps.response(exchange -> Decision.withBody(9, body -> {
            assertThat(body.trailers()).containsExactly(new Field("x-b", "1"));
            return Decision.next();
        }))).get("/").upstream(Reply.of(200).withBody("text/plain", "b")).upstreamTrailer("x-b", "1").send();
        TesterResult replaced = PolicyTester.of(Steps.response(exchange -> Decision.withBody(9, _ -> {
            exchange.response().replaceBody(new byte[1]);
            return Decision.next();
        }))).get("/").upstream(Reply.of(200).withBody("text/plain", "b")).upstreamTrailer("x-b", "1").send();

        assertThat(kept.exception()).isNull();
        assertThat(kept.trailers()).containsExactly(new Field("x-b", "1"));
        assertThat(replaced.trailers()).isEmpty();
    }
}
