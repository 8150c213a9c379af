package io.tidegate.tests.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.GrpcStatus;
import io.tidegate.testkit.Http2Client;
import io.tidegate.testkit.Http2Response;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.Http2Service.Request;
import io.tidegate.testkit.RawField;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.ServedFixture;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A service and a gateway in front of it, and calls frame by frame.
abstract class FramesFixture extends ServedFixture {

    static final int CANCEL = 8;
    static final String MESSAGE = "\0\0\0\0\5hello";

    final List<Request> requests = new CopyOnWriteArrayList<>();
    final AtomicInteger reset = new AtomicInteger(-1);

    final GatewayYaml to(TestUpstream.Script script) {
        return GatewayYaml.to(serve(TestUpstream.start(script))).upstream("protocol: h2c");
    }

    final TestGateway serve(GatewayYaml yaml) {
        return run(TestGateway.start(yaml.text()));
    }

    final Http2Client start(GatewayYaml yaml) {
        return Http2Client.connect(serve(yaml).address());
    }

    /// A service that does this when the head of a call has come.
    final TestUpstream.Script onHead(Http2Service.Handler handler) {
        return connection -> {
            Http2Service service = Http2Service.accept(connection);
            for (Request next = service.head(); next != null; next = service.head()) {
                requests.add(next);
                handler.handle(service, next);
            }
        };
    }

    /// A service that answers whole calls.
    final TestUpstream.Script answering() {
        return Http2Service.serving((service, request) -> {
            requests.add(request);
            head(service, request);
            service.data(request.stream(), MESSAGE, false);
            service.headers(request.stream(), true, "grpc-status", "0");
        });
    }

    static void head(Http2Service service, Request request) throws IOException {
        service.headers(request.stream(), false, ":status", "200", "content-type", "application/grpc");
    }

    static int begin(Http2Client client, String... fields) {
        return client.request("POST", "/shop.Orders/Get", false, call(fields));
    }

    static String[] call(String... fields) {
        return Stream.concat(Stream.of("content-type", "application/grpc+proto", "te", "trailers"),
                Arrays.stream(fields)).toArray(String[]::new);
    }

    static Http2Response call(Http2Client client, String... fields) {
        int stream = begin(client, fields);
        return client.data(stream, MESSAGE, true).response(stream);
    }

    /// Nothing but a head that ends the call.
    static void isOnly(Http2Response response, GrpcStatus status, String message) {
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.field("content-type")).isEqualTo("application/grpc");
        assertThat(response.field("grpc-status")).isEqualTo(Integer.toString(status.code()));
        assertThat(response.field("grpc-message")).isEqualTo(message);
        assertThat(response.field("x-request-id")).hasSize(32);
        assertThat(response.field("content-length")).isNull();
        assertThat(response.body()).isEmpty();
        assertThat(response.trailers()).isEmpty();
        assertThat(response.complete()).isTrue();
    }

    static void endsWith(Http2Response response, GrpcStatus status, String message) {
        assertThat(response.complete()).isTrue();
        assertThat(response.trailers()).containsExactly(
                new RawField("grpc-status", Integer.toString(status.code())), new RawField("grpc-message", message));
    }
}
