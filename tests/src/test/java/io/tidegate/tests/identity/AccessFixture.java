package io.tidegate.tests.identity;

import io.tidegate.config.ProcessConfig.Transport;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestGateway.Setup;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.ServicesFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A service, a gateway in front of it whose only route has the policies of a test, and servers that these ask.
abstract class AccessFixture extends ServicesFixture {

    static final Setup TWO_LOOPS = new Setup(Transport.AUTO, 2);

    /// What is behind the gateway.
    final TestUpstream service = hello();

    /// A configuration whose only route has these policies, given as items of a list with or without their braces.
    final GatewayYaml yaml(String... policies) {
        return GatewayYaml.to(service).upstream("timeouts: { connect: 20s }").route(Stream.of(policies)
                .map(policy -> policy.startsWith("{") ? policy : "{ " + policy + " }")
                .collect(Collectors.joining(", ", "policies: [", "]")));
    }

    /// Starts a gateway whose only route has these policies.
    final void start(String... policies) {
        start(yaml(policies));
    }

    final void start(GatewayYaml yaml) {
        gateway = TestGateway.start(TWO_LOOPS, yaml.text());
    }

    /// Starts a gateway in whose configuration the kind `caller` may stand too.
    final void startKnowing(GatewayYaml yaml) {
        start();
        KnownCallers.SHOP_AND_GUEST.apply(gateway, yaml.text());
    }

    /// A server that answers each request so.
    final TestUpstream asked(Function<RawRequest, String> answer) {
        return service(connection -> {
            RawRequest request;
            while ((request = connection.request()) != null) {
                connection.send(answer.apply(request));
            }
        });
    }

    static String json(String body) {
        return answer(200, "Content-Type: application/json\r\n", body);
    }

    static String answer(int status, String fields, String body) {
        return "HTTP/1.1 " + status + " Said\r\n" + fields + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /// A request with these fields, each with its line break.
    static String request(String target, String fields) {
        return "GET " + target + " HTTP/1.1\r\nHost: shop\r\n" + fields + "\r\n";
    }

    /// A field that shows this name and password, with a colon between them.
    static String basic(String credentials) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)) + "\r\n";
    }

    /// Sends a request with these fields on a connection of its own.
    final RawResponse send(String fields) {
        try (RawClient client = gateway.client()) {
            return client.exchange(request("/", fields));
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
