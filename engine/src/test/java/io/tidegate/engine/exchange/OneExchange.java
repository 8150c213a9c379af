package io.tidegate.engine.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.Outcome;
import io.tidegate.api.Policy;
import io.tidegate.api.Reply;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.engine.upstream.Progress;
import io.tidegate.engine.wire.Ascii;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.RequestParser;
import io.tidegate.engine.wire.ResponseHead;
import io.tidegate.engine.wire.ResponseParser;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One exchange with all that can happen to it: a client and a service that keep to what their interfaces promise, and
/// a policy that lets request and response wait where it is told to. After every event it is checked that nothing is
/// sent twice or behind the end, and that the exchange is counted when it is over, and only then.
final class OneExchange {

    /// What can happen.
    enum Event {
        CLIENT_SENDS_BODY, CLIENT_ENDS_BODY, CLIENT_READ_COMPLETE, CLIENT_TAKES_NO_MORE, CLIENT_TAKES_MORE, CLIENT_CLOSES, CONNECTED, CONNECTED_FOR_ANOTHER, CONNECT_FAILED, CONNECT_FAILED_FOR_ANOTHER, SERVICE_TAKES_NO_MORE, SERVICE_TAKES_MORE, SERVICE_ANSWERS, SERVICE_ANSWERS_WITHOUT_BODY, SERVICE_SENDS_BODY, SERVICE_ENDS_BODY, SERVICE_READ_COMPLETE, SERVICE_BREAKS, DEADLINE, CLIENT_BREAKS_THE_RULES, POLICY_GOES_ON, POLICY_ANSWERS, POLICY_FAILS
    }

    /// Where the exchange is at first.
    enum Stage {
        IDLE, IN_POLICIES, CONNECTING, BODY_ON_ITS_WAY, AWAITING_HEAD, HEAD_HELD, EARLY_HEAD, RESPONDING, ANSWERING, OVER
    }

    private static final int TICKET = 1;
    private static final int OTHER_TICKET = 0;
    private static final byte[] LAST_CHUNK = Ascii.bytes("0\r\n\r\n");

    private final ExchangeWorld world;
    private final RequestHead head = new RequestHead();
    private final RecordingClient client;
    private final HttpExchange exchange;
    private final Deque<CompletableFuture<Decision>> awaited = new ArrayDeque<>();
    private final int askedBefore;
    private @Nullable RecordingStream stream;
    private boolean requestWaits;
    private boolean responseWaits;
    private boolean begun;
    private boolean gone;
    private boolean asked;
    private boolean bodyOpen;
    private boolean answered;
    private int ends;

    OneExchange(ExchangeWorld world) {
        this.world = world;
        askedBefore = world.asked();
        head.reset();
        client = new RecordingClient(world);
        exchange = new HttpExchange(client, head);
    }

    /// Brings it where `stage` says.
    void to(Stage stage) {
        switch (stage) {
            case IDLE -> assertThat(exchange.isActive()).isFalse();
            case IN_POLICIES -> {
                requestWaits = true;
                begin();
            }
            case CONNECTING -> begin();
            case BODY_ON_ITS_WAY -> {
                begin();
                happen(Event.CONNECTED);
            }
            case AWAITING_HEAD -> {
                to(Stage.BODY_ON_ITS_WAY);
                happen(Event.CLIENT_ENDS_BODY);
            }
            case EARLY_HEAD -> {
                to(Stage.BODY_ON_ITS_WAY);
                happen(Event.SERVICE_ANSWERS);
            }
            case HEAD_HELD -> {
                responseWaits = true;
                to(Stage.AWAITING_HEAD);
                happen(Event.SERVICE_ANSWERS);
            }
            case RESPONDING -> {
                to(Stage.AWAITING_HEAD);
                happen(Event.SERVICE_ANSWERS);
            }
            case ANSWERING -> {
                responseWaits = true;
                to(Stage.IN_POLICIES);
                happen(Event.POLICY_ANSWERS);
            }
            case OVER -> {
                to(Stage.RESPONDING);
                happen(Event.SERVICE_ENDS_BODY);
                assertThat(exchange.isActive()).isFalse();
            }
        }
    }

    private void begin() {
        ByteBuf in = Unpooled.wrappedBuffer(
                Ascii.bytes("PUT /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
        assertThat(new RequestParser(8192, 16384, 100).read(head, in)).isTrue();
        begun = true;
        bodyOpen = true;
        exchange.begin(world.snapshot(), world.listener(new Watching()));
        check();
    }

    /// Lets it happen, where it can.
    ///
    /// @return whether it could
    boolean happen(Event event) {
        boolean possible = possible(event).getAsBoolean();
        if (possible) {
            act(event);
            check();
        }
        return possible;
    }

    private BooleanSupplier possible(Event event) {
        return switch (event) {
            case CLIENT_SENDS_BODY, CLIENT_ENDS_BODY -> () -> bodyOpen && client.takesBody() && !gone;
            case CLIENT_READ_COMPLETE, CLIENT_TAKES_NO_MORE, CLIENT_TAKES_MORE -> () -> !gone;
            case CLIENT_CLOSES -> () -> !gone;
            case CONNECTED, CONNECT_FAILED -> () -> world.asked() > askedBefore && !asked;
            case CONNECTED_FOR_ANOTHER, CONNECT_FAILED_FOR_ANOTHER, DEADLINE -> () -> true;
            case SERVICE_TAKES_NO_MORE, SERVICE_TAKES_MORE, SERVICE_READ_COMPLETE, SERVICE_BREAKS -> this::serviceLives;
            case SERVICE_ANSWERS, SERVICE_ANSWERS_WITHOUT_BODY -> () -> serviceLives() && !answered;
            case SERVICE_SENDS_BODY, SERVICE_ENDS_BODY -> () -> serviceLives() && answered;
            case CLIENT_BREAKS_THE_RULES -> () -> !gone;
            case POLICY_GOES_ON, POLICY_ANSWERS, POLICY_FAILS -> () -> !awaited.isEmpty();
        };
    }

    private boolean serviceLives() {
        return stream != null && stream.lives();
    }

    private RecordingStream service() {
        RecordingStream made = stream;
        if (made == null) {
            throw new IllegalStateException("no service");
        }
        return made;
    }

    private void act(Event event) {
        switch (event) {
            case CLIENT_SENDS_BODY -> {
                byte[] bytes = Ascii.bytes("3\r\nabc\r\n");
                exchange.requestBody().range(Unpooled.wrappedBuffer(bytes), 0, bytes.length, 3);
            }
            case CLIENT_ENDS_BODY -> {
                bodyOpen = false;
                exchange.requestBody().literal(LAST_CHUNK, 0, LAST_CHUNK.length);
                exchange.onRequestRead();
            }
            case CLIENT_READ_COMPLETE -> exchange.onClientReadComplete();
            case CLIENT_TAKES_NO_MORE -> client.writable = false;
            case CLIENT_TAKES_MORE -> {
                client.writable = true;
                exchange.onClientWritable();
            }
            case CLIENT_CLOSES -> {
                gone = true;
                client.gone();
                exchange.close();
            }
            case CLIENT_BREAKS_THE_RULES -> exchange.fail(Fault.CHUNK_DATA);
            case CONNECTED -> connected(TICKET);
            case CONNECTED_FOR_ANOTHER -> {
                RecordingStream other = new RecordingStream();
                exchange.service().onConnected(other, true, OTHER_TICKET);
                assertThat(other.givenBack).as("a connection for another request").isTrue();
            }
            case CONNECT_FAILED -> {
                asked = true;
                exchange.service().onConnectFailed(UpstreamFaults.CONNECT, TICKET);
            }
            case CONNECT_FAILED_FOR_ANOTHER -> exchange.service().onConnectFailed(UpstreamFaults.CONNECT, OTHER_TICKET);
            case DEADLINE -> exchange.failNow(UpstreamFaults.TIMEOUT);
            case POLICY_GOES_ON -> awaited.remove().complete(Decision.next());
            case POLICY_ANSWERS -> awaited.remove().complete(
                    Decision.respond(Reply.of(418).withBody("text/plain", "teapot")));
            case POLICY_FAILS -> awaited.remove().completeExceptionally(new IllegalStateException("made up"));
            default -> serve(event);
        }
    }

    private void serve(Event event) {
        RecordingStream from = service();
        switch (event) {
            case SERVICE_TAKES_NO_MORE -> from.writable = false;
            case SERVICE_TAKES_MORE -> {
                from.writable = true;
                exchange.service().onUpstreamWritable();
            }
            case SERVICE_ANSWERS -> answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false);
            case SERVICE_ANSWERS_WITHOUT_BODY -> {
                answer("HTTP/1.1 204 No Content\r\n\r\n", true);
                if (from.lives()) {
                    from.over();
                    exchange.service().end();
                }
            }
            case SERVICE_SENDS_BODY -> {
                byte[] bytes = from.framing ? Ascii.bytes("2\r\nxy\r\n") : Ascii.bytes("xy");
                exchange.service().range(Unpooled.wrappedBuffer(bytes), 0, bytes.length, 2);
            }
            case SERVICE_ENDS_BODY -> {
                if (from.framing) {
                    exchange.service().literal(LAST_CHUNK, 0, LAST_CHUNK.length);
                }
                if (from.lives()) {
                    from.over();
                    exchange.service().end();
                }
            }
            case SERVICE_READ_COMPLETE -> exchange.service().onUpstreamReadComplete();
            case SERVICE_BREAKS -> {
                from.over();
                exchange.service().onUpstreamFault(UpstreamFaults.RESET,
                        answered ? Progress.ANSWERED : Progress.UNANSWERED);
            }
            default -> throw new IllegalStateException(event.name());
        }
    }

    private void connected(int ticket) {
        asked = true;
        RecordingStream made = new RecordingStream();
        stream = made;
        boolean waiting = exchange.isActive() && client.isOpen();
        exchange.service().onConnected(made, false, ticket);
        assertThat(made.givenBack || made.heads == 1).as("the connection is used or given back").isTrue();
        if (!waiting) {
            assertThat(made.givenBack).as("a connection for a request that is over").isTrue();
        }
    }

    private void answer(String text, boolean complete) {
        answered = true;
        ResponseHead response = new ResponseHead();
        response.reset();
        ByteBuf in = Unpooled.wrappedBuffer(Ascii.bytes(text));
        assertThat(new ResponseParser(32768, 200).read(response, in)).isTrue();
        exchange.service().onResponseHead(response, in, 0, 0, complete);
        // The head is the connection's: it is used again as soon as the call is over.
        response.reset();
    }

    private void check() {
        boolean over = begun && !exchange.isActive();
        assertThat(ends).as("times that the policy heard of the end").isEqualTo(over ? 1 : 0);
        assertThat(client.heads()).as("heads sent").isLessThanOrEqualTo(1);
        if (over) {
            assertThat(client.isOpen()).as("whether the client still waits").isFalse();
            assertThat(serviceLives()).as("whether the service still works").isFalse();
            assertThat(world.running()).as("exchanges that hold the snapshot").isZero();
        } else {
            assertThat(client.isEnded()).as("whether the client was told of an end").isFalse();
        }
    }

    /// Whatever has happened: the client goes, and there is nothing left of it.
    ///
    /// @return how often it must have been counted
    int finish() {
        if (!gone) {
            happen(Event.CLIENT_CLOSES);
        }
        while (!awaited.isEmpty()) {
            // Nobody waits for it any more.
            happen(Event.POLICY_ANSWERS);
        }
        assertThat(exchange.isActive()).isFalse();
        // A connection that fails for a request that is over is nothing to anybody.
        world.failAttempts();
        check();
        return begun ? 1 : 0;
    }

    /// A policy that lets requests and responses wait where it is told to.
    private final class Watching implements Policy {

        @Override
        public Decision onRequest(Exchange seen) {
            return requestWaits ? await() : Decision.next();
        }

        @Override
        public Decision onResponse(Exchange seen) {
            return responseWaits ? await() : Decision.next();
        }

        private Decision await() {
            CompletableFuture<Decision> future = new CompletableFuture<>();
            awaited.add(future);
            return Decision.await(future);
        }

        @Override
        public void onEnd(Exchange seen, Outcome outcome) {
            ends++;
        }
    }
}
