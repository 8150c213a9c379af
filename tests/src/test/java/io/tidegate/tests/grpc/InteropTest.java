package io.tidegate.tests.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tidegate.testkit.TestGateway;
import io.tidegate.tests.tls.Authority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What grpc-java's client can do with grpc-java's server, it can do through the gateway.
class InteropTest {

    @TempDir
    Path folder;

    /// A call finds its route by its service; what no route matches is answered here.
    private static String yaml(String tls, String scheme, int port, String protocol) {
        return """
                listeners:
                  default: { address: "127.0.0.1:0"%s }
                upstreams:
                  calls: { endpoints: ["%s://127.0.0.1:%d"]%s }
                routes:
                  calls: { match: [{ grpc: { service: %s } }], upstream: calls }
                telemetry: { accessLog: { to: none } }
                """.formatted(tls, scheme, port, protocol, InteropService.NAME);
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void everyCaseThatPassesDirectlyPassesThroughTheGateway(boolean secureFront, boolean secureBack)
            throws Exception {
        Authority authority = new Authority(folder, "Calls");
        X509Bundle bundle = authority.server(false, "127.0.0.1");
        String files = authority.write("calls", bundle);
        Path ca = authority.ca("ca.pem");
        NettyServerBuilder builder = NettyServerBuilder
                .forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(InteropService.definition());
        if (secureBack) {
            builder.sslContext(GrpcSslContexts
                    .forServer(folder.resolve("calls.crt").toFile(), folder.resolve("calls.key").toFile()).build());
        }
        Server service = builder.build().start();
        Map<String, Throwable> failures = new LinkedHashMap<>();
        List<String> direct = passed(new InetSocketAddress("127.0.0.1", service.getPort()), secureBack, ca, failures);
        List<String> through;
        try (TestGateway gateway = TestGateway
                .start(yaml(secureFront ? ", tls: { certificates: [{ " + files + " }] }" : "",
                        secureBack ? "https" : "http", service.getPort(),
                        secureBack ? ", protocol: h2, tls: { ca: " + ca + " }" : ", protocol: h2c"))) {
            through = passed((InetSocketAddress) gateway.address(), secureFront, ca, failures);
        } finally {
            service.shutdownNow().awaitTermination();
        }
        assertThat(failures).isEmpty();
        assertThat(direct).isEqualTo(InteropCases.names());
        assertThat(through).isEqualTo(direct);
    }

    private static List<String> passed(InetSocketAddress address, boolean secure, Path ca,
            Map<String, Throwable> failures) throws Exception {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address);
        if (secure) {
            builder.sslContext(GrpcSslContexts.forClient().trustManager(ca.toFile()).build())
                    .overrideAuthority("127.0.0.1");
        } else {
            builder.usePlaintext();
        }
        ManagedChannel channel = builder.build();
        try {
            return InteropCases.passed(channel, failures);
        } finally {
            channel.shutdownNow();
            channel.awaitTermination(30, TimeUnit.SECONDS);
        }
    }
}
