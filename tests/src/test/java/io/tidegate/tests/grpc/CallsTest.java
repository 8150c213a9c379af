package io.tidegate.tests.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestGateway;
import io.tidegate.tests.GrpcMethods;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Calls of grpc-java's client to grpc-java's server through the gateway: what they carry, how they end, and how they
/// outlive what goes on around them.
class CallsTest {

    private static final MethodDescriptor<byte[], byte[]> GET = GrpcMethods.of(MethodType.UNARY, "shop.Orders/Get");
    private static final MethodDescriptor<byte[], byte[]> LIST = GrpcMethods.of(MethodType.SERVER_STREAMING,
            "shop.Orders/List");
    private static final MethodDescriptor<byte[], byte[]> CHAT = GrpcMethods.of(MethodType.BIDI_STREAMING,
            "shop.Orders/Chat");
    /// Fewer than a connection may carry at a time.
    private static final int CALLS = 90;
    private static final int LIST_MESSAGES = 400;
    private static final int LIST_SIZE = 64 * 1024;

    private final List<Server> services = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicInteger listed = new AtomicInteger();
    private final AtomicReference<@Nullable Deadline> deadline = new AtomicReference<>();
    private TestGateway gateway = TestGateway.start("routes: {}");

    @BeforeEach
    void start() throws Exception {
        service("one");
        gateway.apply(yaml("127.0.0.1:0"));
    }

    @AfterEach
    void stop() throws Exception {
        for (ManagedChannel channel : channels) {
            channel.shutdownNow();
            channel.awaitTermination(30, TimeUnit.SECONDS);
        }
        gateway.close();
        for (Server service : services) {
            service.shutdownNow();
            service.awaitTermination();
        }
    }

    private String yaml(String address) {
        List<String> endpoints = services.stream().map(service -> "\"http://127.0.0.1:" + service.getPort() + '"')
                .toList();
        return """
                listeners:
                  default: { address: "%s" }
                upstreams:
                  orders: { endpoints: %s, protocol: h2c, loadBalancing: roundRobin }
                routes:
                  orders: { match: [{ grpc: { service: shop.Orders } }], upstream: orders }
                telemetry: { accessLog: { to: none } }
                """.formatted(address, endpoints);
    }

    private Server service(String name) throws Exception {
        Server service = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .maxInboundMessageSize(8 << 20)
                .addService(ServerServiceDefinition.builder("shop.Orders")
                        .addMethod(GET, ServerCalls.asyncUnaryCall(this::get))
                        .addMethod(LIST, ServerCalls.asyncServerStreamingCall(this::list))
                        .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(out -> new Chat(name, out))).build())
                .build().start();
        services.add(service);
        return service;
    }

    private void get(byte[] request, StreamObserver<byte[]> out) {
        deadline.set(Context.current().getDeadline());
        String asked = new String(request, 0, Math.min(request.length, 8), StandardCharsets.UTF_8);
        if (asked.startsWith("fail")) {
            Metadata details = new Metadata();
            details.put(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER),
                    new byte[]{8, 9, 18, 0, (byte) 255});
            out.onError(Status.FAILED_PRECONDITION.withDescription("zu früh: 50 %").asRuntimeException(details));
            return;
        }
        if (asked.startsWith("wait")) {
            ((ServerCallStreamObserver<byte[]>) out).setOnCancelHandler(cancelled::incrementAndGet);
            return;
        }
        out.onNext(request);
        out.onCompleted();
    }

    /// Gives one message after the other, as they are taken.
    private void list(byte[] request, StreamObserver<byte[]> out) {
        ServerCallStreamObserver<byte[]> call = (ServerCallStreamObserver<byte[]>) out;
        call.setOnReadyHandler(() -> {
            while (call.isReady() && listed.get() < LIST_MESSAGES) {
                call.onNext(new byte[LIST_SIZE]);
                if (listed.incrementAndGet() == LIST_MESSAGES) {
                    call.onCompleted();
                }
            }
        });
    }

    /// Says each thing back, with its own name before it.
    private final class Chat implements StreamObserver<byte[]> {

        private final String name;
        private final StreamObserver<byte[]> out;

        Chat(String name, StreamObserver<byte[]> out) {
            this.name = name;
            this.out = out;
            ((ServerCallStreamObserver<byte[]>) out).setOnCancelHandler(cancelled::incrementAndGet);
        }

        @Override
        public void onNext(byte[] message) {
            String said = new String(message, StandardCharsets.UTF_8);
            if (said.equals("stop")) {
                out.onError(Status.ABORTED.withDescription("stopped").asRuntimeException());
            } else {
                out.onNext((name + ": " + said).getBytes(StandardCharsets.UTF_8));
            }
        }

        @Override
        public void onError(Throwable failure) {
            // The caller is gone.
        }

        @Override
        public void onCompleted() {
            out.onCompleted();
        }
    }

    private ManagedChannel channel() {
        ManagedChannel channel = NettyChannelBuilder.forAddress(gateway.address()).usePlaintext()
                .maxInboundMessageSize(8 << 20).build();
        channels.add(channel);
        return channel;
    }

    private static byte[] ask(Channel channel, String text) {
        return ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, text.getBytes(StandardCharsets.UTF_8));
    }

    private static StreamObserver<byte[]> chat(Channel channel, Replies replies) {
        return ClientCalls.asyncBidiStreamingCall(channel.newCall(CHAT, CallOptions.DEFAULT), replies);
    }

    private static void say(StreamObserver<byte[]> to, String text) {
        to.onNext(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String heard(Replies from) throws Exception {
        return new String(from.next(), StandardCharsets.UTF_8);
    }

    private static StatusRuntimeException failure(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run);
    }

    // What they carry.

    @Test
    void metadataOfEveryByteComesThrough() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        Metadata sent = new Metadata();
        Metadata.Key<byte[]> binary = Metadata.Key.of("trace-bin", Metadata.BINARY_BYTE_MARSHALLER);
        sent.put(binary, all);
        sent.put(binary, new byte[0]);
        sent.put(Metadata.Key.of("x-plain", Metadata.ASCII_STRING_MARSHALLER), "a, b; c=\"d\"");
        AtomicReference<Metadata> head = new AtomicReference<>();
        AtomicReference<Metadata> behind = new AtomicReference<>();
        Channel channel = ClientInterceptors.intercept(channel(), MetadataUtils.newAttachHeadersInterceptor(sent),
                MetadataUtils.newCaptureMetadataInterceptor(head, behind));
        assertThat(ask(channel, "hello")).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
        assertThat(behind.get()).isNotNull();
    }

    @Test
    void statusAndDetailsComeThrough() {
        StatusRuntimeException failure = failure(() -> ask(channel(), "fail"));
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(failure.getStatus().getDescription()).isEqualTo("zu früh: 50 %");
        Metadata behind = Objects.requireNonNull(Status.trailersFromThrowable(failure));
        assertThat(behind.get(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER)))
                .containsExactly(8, 9, 18, 0, 255);
        assertThat(gateway.metric("tidegate_grpc_calls_total", "grpc_status=\"FAILED_PRECONDITION\"")).isEqualTo(1);
    }

    @Test
    void messagesUpToTheBoundComeThroughAndLargerOnesDoNot() {
        byte[] largest = new byte[4 << 20];
        ManagedChannel channel = channel();
        assertThat(ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, largest)).hasSize(largest.length);
        StatusRuntimeException failure = failure(() -> ClientCalls.blockingUnaryCall(channel, GET,
                CallOptions.DEFAULT, new byte[(4 << 20) + 1]));
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(failure.getStatus().getDescription()).isEqualTo("A message of the call is too large");
    }

    @Test
    void aServiceWaitsForACallerThatTakesNothing() throws Exception {
        Replies replies = new Replies(true);
        ClientCalls.asyncServerStreamingCall(channel().newCall(LIST, CallOptions.DEFAULT), new byte[0], replies);
        long given = Await.untilSteady("the service to wait", 20, () -> (long) listed.get());
        assertThat(given).isPositive().isLessThan(LIST_MESSAGES);
        replies.call().request(LIST_MESSAGES);
        for (int i = 0; i < LIST_MESSAGES; i++) {
            assertThat(replies.next()).hasSize(LIST_SIZE);
        }
        assertThat(replies.status()).isEqualTo(Status.OK);
        // grpc-java measures the way with pings as it goes: they are no flood.
        assertThat(gateway.metric("tidegate_rejects_total", "")).isZero();
    }

    @Test
    void manyCallsRunAtOnce() throws Exception {
        ManagedChannel channel = channel();
        List<Replies> running = new ArrayList<>();
        List<StreamObserver<byte[]>> talks = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            Replies replies = new Replies();
            running.add(replies);
            talks.add(chat(channel, replies));
        }
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < talks.size(); i++) {
                say(talks.get(i), "call " + i + " round " + round);
            }
            for (int i = 0; i < talks.size(); i++) {
                assertThat(heard(running.get(i))).isEqualTo("one: call " + i + " round " + round);
            }
        }
        talks.forEach(StreamObserver::onCompleted);
        for (Replies replies : running) {
            assertThat(replies.status()).isEqualTo(Status.OK);
        }
    }

    // How they end.

    @Test
    void aCallThatItsCallerGivesUpIsCancelledAtTheService() throws Exception {
        Replies replies = new Replies();
        StreamObserver<byte[]> talk = chat(channel(), replies);
        say(talk, "hello");
        assertThat(heard(replies)).isEqualTo("one: hello");
        replies.call().cancel("enough", null);
        Await.until("the call to be cancelled", () -> cancelled.get() == 1);
        assertThat(gateway.metric("tidegate_grpc_calls_total", "grpc_status=\"CANCELLED\"")).isEqualTo(1);
    }

    @Test
    void aCallThatItsServiceGivesUpEndsForItsCaller() throws Exception {
        Replies replies = new Replies();
        StreamObserver<byte[]> talk = chat(channel(), replies);
        say(talk, "hello");
        assertThat(heard(replies)).isEqualTo("one: hello");
        say(talk, "stop");
        assertThat(replies.status().getCode()).isEqualTo(Status.Code.ABORTED);
        assertThat(replies.status().getDescription()).isEqualTo("stopped");
    }

    @Test
    void aCallWhoseTimeIsOverEndsOnBothSides() {
        StatusRuntimeException failure = failure(() -> ClientCalls.blockingUnaryCall(channel(), GET,
                CallOptions.DEFAULT.withDeadlineAfter(3, TimeUnit.SECONDS), "wait".getBytes(StandardCharsets.UTF_8)));
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        Await.until("the call to be cancelled", () -> cancelled.get() == 1);
        assertThat(deadline.get()).isNotNull();
    }

    @Test
    void aCallWithoutAServiceIsUnavailable() throws Exception {
        services.getFirst().shutdownNow().awaitTermination();
        StatusRuntimeException failure = failure(() -> ask(channel(), "hello"));
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(failure.getStatus().getDescription()).isEqualTo("The service could not be reached");
    }

    @Test
    void aServiceThatIsLostEndsItsCallsAsUnavailable() throws Exception {
        Replies replies = new Replies();
        StreamObserver<byte[]> talk = chat(channel(), replies);
        say(talk, "hello");
        assertThat(heard(replies)).isEqualTo("one: hello");
        services.getFirst().shutdownNow();
        assertThat(replies.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    // What goes on around them.

    @Test
    void aServiceThatGoesKeepsItsCallsAndNewOnesGoElsewhere() throws Exception {
        ManagedChannel channel = channel();
        Replies replies = new Replies();
        StreamObserver<byte[]> talk = chat(channel, replies);
        say(talk, "first");
        assertThat(heard(replies)).isEqualTo("one: first");
        Server leaving = services.getFirst();
        service("two");
        gateway.apply(yaml("127.0.0.1:0"));
        leaving.shutdown();
        for (int i = 0; i < 6; i++) {
            Replies next = new Replies();
            StreamObserver<byte[]> other = chat(channel, next);
            say(other, "new");
            assertThat(heard(next)).isEqualTo("two: new");
            other.onCompleted();
            assertThat(next.status()).isEqualTo(Status.OK);
        }
        say(talk, "last");
        assertThat(heard(replies)).isEqualTo("one: last");
        talk.onCompleted();
        assertThat(replies.status()).isEqualTo(Status.OK);
    }

    @Test
    void aGatewayThatDrainsLetsItsCallsEnd() throws Exception {
        Replies replies = new Replies();
        ManagedChannel channel = channel();
        StreamObserver<byte[]> talk = chat(channel, replies);
        say(talk, "first");
        assertThat(heard(replies)).isEqualTo("one: first");
        CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> {
            try {
                return gateway.engine().drain(0, 20_000);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        Await.until("the caller to hear of it", () -> channel.getState(false) == ConnectivityState.IDLE);
        say(talk, "last");
        assertThat(heard(replies)).isEqualTo("one: last");
        talk.onCompleted();
        assertThat(replies.status()).isEqualTo(Status.OK);
        assertThat(drained.get()).isTrue();
    }
}
