package io.tidegate.tests.hedge;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.Http2Service.Handler;
import io.tidegate.testkit.Http2Service.Request;
import io.tidegate.testkit.RawField;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.GrpcMethods;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two tries of one call of gRPC at the same time, frame by frame and by grpc-java on both sides.
class HedgedCallsTest {

    private static final int CANCEL = 8;
    private static final String MESSAGE = "\0\0\0\0\5hello";
    private static final String OTHER_MESSAGE = "\0\0\0\0\5other";

    private final TestUpstream one = TestUpstream.hello();
    private final TestUpstream other = TestUpstream.hello();
    private final TestGateway gateway = TestGateway.proxyTo(one, other);
    private final TestUpstream.Gate firstGoes = new TestUpstream.Gate();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Integer> resets = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        firstGoes.open();
        gateway.close();
        one.close();
        other.close();
    }

    /// Serves the first try of a call by the first step and so on, whichever endpoint it comes to.
    private Http2Client steps(String hedge, String retry, Handler... steps) {
        for (TestUpstream service : List.of(one, other)) {
            service.script(Http2Service.serving((to, request) -> {
                requests.add(request);
                String number = request.field("x-attempt");
                steps[number == null ? 0 : Integer.parseInt(number) - 1].handle(to, request);
            }));
        }
        gateway.apply(GatewayYaml.to(one, other).upstream("protocol: h2c, retry: { budget: 100%, attemptHeader: "
                + "X-Attempt, backoff: { base: 1ms, max: 1ms }, " + retry + " }")
                .route("hedge: { " + hedge + " }").text());
        return Http2Client.connect(gateway.address());
    }

    private static Handler says(String message) {
        return (to, request) -> {
            to.headers(request.stream(), false, ":status", "200", "content-type", "application/grpc");
            to.data(request.stream(), message, false);
            to.headers(request.stream(), true, "grpc-status", "0");
        };
    }

    private Handler silent() {
        return (to, request) -> resets.add(to.awaitReset(request.stream()));
    }

    private static Handler endsWith(int status) {
        return (to, request) -> to.headers(request.stream(), true, ":status", "200", "content-type",
                "application/grpc", "grpc-status", Integer.toString(status));
    }

    private Handler waits(Handler then) {
        return (to, request) -> {
            firstGoes.pass();
            then.handle(to, request);
        };
    }

    private Handler opens(Handler then) {
        return (to, request) -> {
            firstGoes.open();
            then.handle(to, request);
        };
    }

    private static int begin(Http2Client client, String... fields) {
        List<String> all = new ArrayList<>(List.of("content-type", "application/grpc", "te", "trailers"));
        all.addAll(List.of(fields));
        return client.request("POST", "/shop.Orders/Get", false, all.toArray(String[]::new));
    }

    private static Http2Response call(Http2Client client, String... fields) {
        int stream = begin(client, fields);
        return client.data(stream, MESSAGE, true).response(stream);
    }

    private static void isAnswered(Http2Response response, String message) {
        assertThat(response.body()).isEqualTo(message);
        assertThat(response.trailers()).containsExactly(new RawField("grpc-status", "0"));
    }

    private double hedges(String result) {
        return gateway.metric("tidegate_hedges_total", "upstream=\"all\",result=\"" + result + '"');
    }

    private void someTicksPass() {
        double before = gateway.metric("tidegate_loop_lag_seconds_count", "");
        Await.until("so many ticks", () -> gateway.metric("tidegate_loop_lag_seconds_count", "") > before + 10);
    }

    @Test
    void theSecondIsAnsweredFirstAndTheFirstIsCancelled() {
        try (Http2Client client = steps("after: 1ms", "on: [unavailable]", silent(), says(OTHER_MESSAGE))) {
            isAnswered(call(client), OTHER_MESSAGE);
            Await.until("the first to be cancelled", () -> resets.equals(List.of(CANCEL)));
            assertThat(requests).extracting(Request::body).containsExactly(MESSAGE, MESSAGE);
            assertThat(hedges("won")).isOne();
            // Both connections serve on.
            isAnswered(call(client), OTHER_MESSAGE);
        }
        assertThat(one.connections() + other.connections()).isEqualTo(2);
    }

    @Test
    void theFirstIsAnsweredFirstAfterAllAndTheSecondIsCancelled() {
        try (Http2Client client = steps("after: 1ms", "on: [unavailable]", waits(says(MESSAGE)), opens(silent()))) {
            isAnswered(call(client), MESSAGE);
            Await.until("the second to be cancelled", () -> resets.equals(List.of(CANCEL)));
        }
        assertThat(hedges("lost")).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"on: [reset, timeout, 503]", "on: [unavailable], attempts: 0"})
    void aCallOfWhichNobodySaidThatItMayBeMadeTwiceIsMadeOnce(String retry) {
        try (Http2Client client = steps("after: 1ms", retry, waits(says(MESSAGE)))) {
            int stream = begin(client);
            client.data(stream, MESSAGE, true);
            Await.until("the call to be there", () -> !requests.isEmpty());
            someTicksPass();
            firstGoes.open();
            isAnswered(client.response(stream), MESSAGE);
        }
        assertThat(requests).hasSize(1);
        assertThat(gateway.metric("tidegate_hedges_total", "")).isZero();
    }

    @Test
    void onesWhoseClientSaysThatTheyMayBeMadeTwiceAre() {
        try (Http2Client client = steps("after: 1ms", "on: [reset]", silent(), says(OTHER_MESSAGE))) {
            isAnswered(call(client, "idempotency-key", "1"), OTHER_MESSAGE);
        }
        assertThat(hedges("won")).isOne();
    }

    @Test
    void aListedStatusAloneLosesAgainstWhatIsStillToCome() {
        TestUpstream.Gate secondGoes = new TestUpstream.Gate();
        try (Http2Client client = steps("after: 1ms", "on: [unavailable]", waits((to, request) -> {
            endsWith(14).handle(to, request);
            to.settle();
            secondGoes.open();
        }), opens((to, request) -> {
            secondGoes.pass();
            says(OTHER_MESSAGE).handle(to, request);
        }))) {
            isAnswered(call(client), OTHER_MESSAGE);
        }
        assertThat(hedges("won")).isOne();
        assertThat(requests).hasSize(2);
    }

    @Test
    void anotherStatusIsAnAnswer() {
        try (Http2Client client = steps("after: 1ms", "on: [unavailable]", silent(), endsWith(5))) {
            assertThat(call(client).field("grpc-status")).isEqualTo("5");
        }
        assertThat(hedges("won")).isOne();
    }

    @Test
    void bothEndWithAListedStatusAndTheCallIsMadeOnceMore() {
        TestUpstream.Gate secondGoes = new TestUpstream.Gate();
        try (Http2Client client = steps("after: 1ms", "on: [unavailable], attempts: 2", waits((to, request) -> {
            endsWith(14).handle(to, request);
            to.settle();
            secondGoes.open();
        }), opens((to, request) -> {
            secondGoes.pass();
            endsWith(14).handle(to, request);
        }), says(MESSAGE))) {
            isAnswered(call(client), MESSAGE);
        }
        assertThat(requests).hasSize(3);
    }

    @Test
    void theServiceThatIsAskedSecondIsToldTheTimeThatIsLeft() {
        try (Http2Client client = steps("after: 100ms", "on: [unavailable]", silent(), says(OTHER_MESSAGE))) {
            isAnswered(call(client, "grpc-timeout", "20S"), OTHER_MESSAGE);
        }
        assertThat(requests).hasSize(2);
        assertThat(micros(requests.get(0))).isLessThan(20_000_000);
        assertThat(micros(requests.get(1))).isPositive().isLessThan(micros(requests.get(0)) - 50_000);
    }

    private static long micros(Request request) {
        String told = Objects.requireNonNull(request.field("grpc-timeout"));
        assertThat(told).endsWith("u");
        return Long.parseLong(told.substring(0, told.length() - 1));
    }

    @Test
    void whenTheTimeIsOverBothAreCancelled() {
        try (Http2Client client = steps("after: 1ms", "on: [unavailable]", silent(), silent())) {
            assertThat(call(client, "grpc-timeout", "300m").field("grpc-status")).isEqualTo("4");
            Await.until("both to be cancelled", () -> resets.equals(List.of(CANCEL, CANCEL)));
        }
        assertThat(requests).hasSize(2);
    }

    @Test
    void aClientThatCancelsCancelsBoth() {
        try (Http2Client client = steps("after: 1ms", "on: [unavailable]", silent(), silent())) {
            int stream = begin(client);
            client.data(stream, MESSAGE, true);
            Await.until("both to be there", () -> requests.size() == 2);
            client.reset(stream, CANCEL);
            Await.until("both to be cancelled", () -> resets.equals(List.of(CANCEL, CANCEL)));
        }
    }

    @Test
    void aCallWhoseClientGoesOnSendingIsMadeTwiceOnlyOnceItHasSentAll() {
        AtomicInteger begun = new AtomicInteger();
        for (TestUpstream service : List.of(one, other)) {
            service.script(connection -> {
                Http2Service to = Http2Service.accept(connection);
                for (Request next = to.head(); next != null; next = to.head()) {
                    begun.incrementAndGet();
                    if (next.field("x-attempt") == null) {
                        to.awaitReset(next.stream());
                    } else {
                        says(new String(to.input(next.stream()).readAllBytes(), StandardCharsets.ISO_8859_1))
                                .handle(to, next);
                    }
                }
            });
        }
        gateway.apply(GatewayYaml.to(one, other).upstream("protocol: h2c, "
                + "retry: { budget: 100%, attemptHeader: X-Attempt, on: [unavailable] }")
                .route("hedge: { after: 1ms }").text());
        try (Http2Client client = Http2Client.connect(gateway.address())) {
            int stream = begin(client);
            client.data(stream, MESSAGE, false);
            Await.until("the call to be there", () -> begun.get() == 1);
            someTicksPass();
            client.data(stream, OTHER_MESSAGE, false);
            someTicksPass();
            assertThat(begun).hasValue(1);
            client.data(stream, "", true);
            isAnswered(client.response(stream), MESSAGE + OTHER_MESSAGE);
        }
        assertThat(begun).hasValue(2);
        assertThat(hedges("won")).isOne();
    }

    private static final MethodDescriptor<byte[], byte[]> GET = GrpcMethods.of(MethodType.UNARY,
            "shop.Orders/Get");
    private static final Metadata.Key<String> ATTEMPT = Metadata.Key.of("x-attempt", Metadata.ASCII_STRING_MARSHALLER);

    /// Answers second tries, and only those.
    private static Server answersSecond(AtomicInteger cancelled) throws IOException {
        ServerCallHandler<byte[], byte[]> handler = (call, fields) -> new ServerCall.Listener<>() {

            private byte[] asked = {};

            {
                call.request(2);
            }

            @Override
            public void onMessage(byte[] message) {
                asked = message;
            }

            @Override
            public void onHalfClose() {
                if (fields.containsKey(ATTEMPT)) {
                    call.sendHeaders(new Metadata());
                    call.sendMessage(asked);
                    call.close(Status.OK, new Metadata());
                }
            }

            @Override
            public void onCancel() {
                cancelled.incrementAndGet();
            }
        };
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder("shop.Orders").addMethod(GET, handler).build()).build()
                .start();
    }

    @Test
    void ofGrpcJavaFirstTriesAreCancelledAndSecondOnesAnswered() throws IOException, InterruptedException {
        int calls = 30;
        AtomicInteger cancelled = new AtomicInteger();
        Server first = answersSecond(cancelled);
        Server second = answersSecond(cancelled);
        gateway.apply(GatewayYaml.to("http://127.0.0.1:" + first.getPort(), "http://127.0.0.1:" + second.getPort())
                .upstream("protocol: h2c, retry: { budget: 100%, attemptHeader: X-Attempt, on: [unavailable] }")
                .route("hedge: { after: 1ms }").text());
        ManagedChannel channel = NettyChannelBuilder.forAddress(gateway.address()).usePlaintext().disableRetry()
                .build();
        try {
            for (int i = 0; i < calls; i++) {
                byte[] asked = ("order " + i).getBytes(StandardCharsets.UTF_8);
                assertThat(ClientCalls.blockingUnaryCall(channel, GET,
                        CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS), asked)).isEqualTo(asked);
            }
            Await.until("all first ones to be cancelled", () -> cancelled.get() == calls);
        } finally {
            channel.shutdownNow();
            channel.awaitTermination(30, TimeUnit.SECONDS);
            first.shutdownNow().awaitTermination();
            second.shutdownNow().awaitTermination();
        }
        assertThat(hedges("won")).isEqualTo(calls);
        assertThat(gateway.metric("tidegate_grpc_calls_total", "grpc_status=\"OK\"")).isEqualTo(calls);
    }
}
