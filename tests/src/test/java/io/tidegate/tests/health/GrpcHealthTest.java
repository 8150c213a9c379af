package io.tidegate.tests.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.tidegate.testkit.Await;
import io.tidegate.testkit.TestGateway;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.GrpcMethods;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Checks by `grpc.health.v1`, answered by a server of grpc-java. Its messages are put together by hand.
@SuppressWarnings("NullAway.Init")
class GrpcHealthTest {

    private static final int SERVING = 1;
    private static final int NOT_SERVING = 2;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile int state = SERVING;
    private volatile @Nullable Status failure;
    private Server server;
    private TestGateway gateway;

    @BeforeEach
    void start() throws IOException {
        MethodDescriptor<byte[], byte[]> check = GrpcMethods.of(MethodType.UNARY,
                "grpc.health.v1.Health/Check");
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder("grpc.health.v1.Health")
                        .addMethod(check, ServerCalls.asyncUnaryCall(this::check)).build())
                .build().start();
    }

    private void check(byte[] request, StreamObserver<byte[]> answer) {
        // Field 1, a text with its length in front.
        asked.add(request.length == 0 ? "" : new String(request, 2, request.length - 2, StandardCharsets.UTF_8));
        Status with = failure;
        if (with != null) {
            answer.onError(with.asRuntimeException());
            return;
        }
        answer.onNext(new byte[]{8, (byte) state});
        answer.onCompleted();
    }

    @AfterEach
    void stop() {
        if (gateway != null) {
            gateway.close();
        }
        server.shutdownNow();
    }

    private void run(String keys) {
        gateway = TestGateway.start(GatewayYaml.to("http://127.0.0.1:" + server.getPort())
                .upstream("protocol: h2c, healthCheck: { type: grpc, interval: 50ms, timeout: 10s" + keys + " }")
                .text());
    }

    private void await(boolean healthy) {
        Await.until("the endpoint to be " + (healthy ? "well" : "unhealthy"),
                () -> gateway.metric("tidegate_upstream_endpoint_healthy", "") == (healthy ? 1 : 0));
    }

    private void awaitPassed(int more) {
        double before = gateway.metric("tidegate_upstream_health_checks_total", "passed");
        Await.until("good checks",
                () -> gateway.metric("tidegate_upstream_health_checks_total", "passed") >= before + more);
    }

    @Test
    void aServerThatServesIsWell() {
        run("");
        awaitPassed(3);
        assertThat(gateway.metric("tidegate_upstream_health_checks_total", "failed")).isZero();
        assertThat(asked).containsOnly("");
    }

    @Test
    void aServerThatDoesNotServeIsUnhealthyUntilItDoes() {
        run("");
        awaitPassed(1);
        state = NOT_SERVING;
        await(false);
        state = SERVING;
        await(true);
    }

    @Test
    void oneServiceCanBeAskedAbout() {
        run(", service: shop.v1.Orders");
        awaitPassed(1);
        assertThat(asked).containsOnly("shop.v1.Orders");
    }

    @Test
    void aServerThatDoesNotKnowTheServiceIsUnhealthy() {
        failure = Status.NOT_FOUND;
        run(", service: shop.v1.Orders");
        await(false);
    }
}
