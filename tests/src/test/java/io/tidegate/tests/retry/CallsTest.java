package io.tidegate.tests.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.GrpcMethods;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Calls of gRPC that are made once more, by grpc-java on both sides; and what a service of HTTP/2 says that it has not
/// looked at.
class CallsTest extends RetryFixture {

    private static final MethodDescriptor<byte[], byte[]> GET = GrpcMethods.of(MethodType.UNARY, "shop.Orders/Get");
    private static final MethodDescriptor<byte[], byte[]> LIST = GrpcMethods.of(MethodType.SERVER_STREAMING,
            "shop.Orders/List");

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private Status failure = Status.UNAVAILABLE;
    private @Nullable Server server;
    private @Nullable ManagedChannel channel;

    private ManagedChannel start(String retry) throws IOException {
        Server made = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder("shop.Orders")
                        .addMethod(GET, ServerCalls.asyncUnaryCall(this::get))
                        .addMethod(LIST, ServerCalls.asyncServerStreamingCall(this::list)).build())
                .build().start();
        server = made;
        gateway.apply(GatewayYaml.to("http://127.0.0.1:" + made.getPort())
                .upstream("protocol: h2c, retry: { " + retry + ", " + QUICK + " }").text());
        // What the client itself would make once more is not what is tested.
        ManagedChannel to = NettyChannelBuilder.forAddress(gateway.address()).usePlaintext().disableRetry().build();
        channel = to;
        return to;
    }

    @AfterEach
    void end() throws InterruptedException {
        if (channel != null) {
            channel.shutdownNow();
            channel.awaitTermination(30, TimeUnit.SECONDS);
        }
        if (server != null) {
            server.shutdownNow();
            server.awaitTermination();
        }
    }

    private void get(byte[] request, StreamObserver<byte[]> out) {
        asked.add(new String(request, StandardCharsets.UTF_8));
        if (failures.getAndDecrement() > 0) {
            out.onError(failure.asRuntimeException());
        } else {
            out.onNext(request);
            out.onCompleted();
        }
    }

    private void list(byte[] request, StreamObserver<byte[]> out) {
        asked.add(new String(request, StandardCharsets.UTF_8));
        out.onNext(request);
        out.onError(failure.asRuntimeException());
    }

    private static String call(ManagedChannel to, String request) {
        return new String(ClientCalls.blockingUnaryCall(to, GET, CallOptions.DEFAULT,
                request.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    @Test
    void aCallThatEndsWithAListedStatusAloneIsMadeOnceMore() throws IOException {
        ManagedChannel to = start("on: [unavailable, resourceExhausted]");
        failures.set(1);
        String request = "order ".repeat(4000);
        assertThat(call(to, request)).isEqualTo(request);
        assertThat(asked).containsExactly(request, request);
        assertThat(repeats("grpc_status", "answered")).isOne();
    }

    @Test
    void aCallThatEndsWithAnotherStatusIsNot() throws IOException {
        ManagedChannel to = start("on: [resourceExhausted]");
        failures.set(1);
        StatusRuntimeException thrown = catchThrowableOfType(StatusRuntimeException.class, () -> call(to, "one"));
        assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(asked).containsExactly("one");
    }

    @Test
    void afterTheLastTryTheClientGetsTheStatus() throws IOException {
        ManagedChannel to = start("attempts: 2, on: [aborted]");
        failure = Status.ABORTED.withDescription("met another");
        failures.set(3);
        StatusRuntimeException thrown = catchThrowableOfType(StatusRuntimeException.class, () -> call(to, "one"));
        assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.ABORTED);
        assertThat(thrown.getStatus().getDescription()).isEqualTo("met another");
        assertThat(asked).hasSize(3);
        assertThat(repeats("grpc_status", "failed")).isEqualTo(2);
    }

    @Test
    void aCallOfWhichAMessageHasComeIsNotMadeOnceMore() throws IOException {
        ManagedChannel to = start("attempts: 3, on: [unavailable]");
        Iterator<byte[]> messages = ClientCalls.blockingServerStreamingCall(to, LIST, CallOptions.DEFAULT,
                "all".getBytes(StandardCharsets.UTF_8));
        assertThat(messages.next()).asString(StandardCharsets.UTF_8).isEqualTo("all");
        assertThat(catchThrowableOfType(StatusRuntimeException.class, messages::hasNext).getStatus().getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(asked).containsExactly("all");
    }

    @Test
    void aStreamThatTheServiceRefusesIsOpenedOnceMoreWhateverItsMethod() {
        AtomicInteger served = new AtomicInteger();
        service.script(Http2Service.serving((to, request) -> {
            if (served.getAndIncrement() == 0) {
                to.reset(request.stream(), 7);
            } else {
                to.answer(request, 200, "done");
            }
        }));
        gateway.apply(GatewayYaml.to(service).upstream("protocol: h2c, retry: { budget: 0% }").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").body())
                    .isEqualTo("done");
        }
        assertThat(repeats("unprocessed", "answered")).isOne();
    }

    @Test
    void whatAServiceLeavesUnseenAsItGoesIsSentOnceMore() {
        AtomicInteger connections = new AtomicInteger();
        service.script(connection -> {
            Http2Service to = Http2Service.accept(connection);
            boolean first = connections.getAndIncrement() == 0;
            Http2Service.Request request = to.request();
            if (first && request != null) {
                to.goAway(0, 0);
                to.awaitEnd();
            } else if (request != null) {
                to.answer(request, 200, "done");
                to.awaitEnd();
            }
        });
        gateway.apply(GatewayYaml.to(service).upstream("protocol: h2c").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").body())
                    .isEqualTo("done");
        }
        assertThat(connections).hasValue(2);
    }

    @Test
    void aStreamThatTheServiceBreaksOffIsNotOpenedOnceMoreForAPost() {
        AtomicInteger served = new AtomicInteger();
        service.script(Http2Service.serving((to, request) -> {
            served.incrementAndGet();
            to.reset(request.stream(), 2);
        }));
        gateway.apply(GatewayYaml.to(service).upstream("protocol: h2c").text());
        try (RawClient client = gateway.client()) {
            assertThat(client.exchange("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").status())
                    .isEqualTo(502);
        }
        assertThat(served).hasValue(1);
    }

    @Test
    void anotherEndpointIsAskedWhereOneRefuses() {
        TestUpstream refusing = TestUpstream
                .start(Http2Service.serving((to, request) -> to.reset(request.stream(), 7)));
        service.script(Http2Service.serving((to, request) -> to.answer(request, 200, "done")));
        try (refusing) {
            gateway.apply(
                    GatewayYaml.to(refusing, service).upstream("protocol: h2c, loadBalancing: roundRobin").text());
            try (RawClient client = gateway.client()) {
                for (int i = 0; i < 10; i++) {
                    assertThat(client.exchange("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").body())
                            .isEqualTo("done");
                }
            }
        }
    }
}
