package io.tidegate.tests.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.X509Bundle;
import io.tidegate.testkit.Http2Service;
import io.tidegate.testkit.RawClient;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.RawResponse;
import io.tidegate.testkit.TestGateway;
import io.tidegate.testkit.TestUpstream;
import io.tidegate.testkit.TestUpstream.Gate;
import io.tidegate.testkit.TestUpstream.Script;
import io.tidegate.tests.GatewayYaml;
import io.tidegate.tests.ServedFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS towards services.
class ServiceTlsTest extends ServedFixture {

    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    @TempDir
    private Path folder;

    private Authority services;
    private Authority gateways;
    private final List<SSLSession> sessions = new CopyOnWriteArrayList<>();

    @BeforeEach
    void makeAuthorities() {
        services = new Authority(folder, "Services");
        gateways = new Authority(folder, "Gateways");
    }

    // A service, and a gateway that leads to it.

    private TestUpstream serve(X509Bundle shown, Script script) {
        return serve(gateways.trust(shown), parameters -> {}, script);
    }

    private TestUpstream serve(SSLContext context, Consumer<SSLParameters> settings, Script script) {
        return serve(TestUpstream.secure(() -> engine(context, settings), connection -> {
            sessions.add(connection.session());
            script.serve(connection);
        }));
    }

    private static SSLEngine engine(SSLContext context, Consumer<SSLParameters> settings) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        settings.accept(parameters);
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static final Script HELLO = TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");

    /// Starts a gateway whose upstream has this endpoint and these keys within `tls`.
    private TestGateway start(String endpoint, String tls) {
        return run(TestGateway.start(GatewayYaml.to(endpoint).upstream("tls: { " + tls + " }").text()));
    }

    private String ca() {
        return "ca: " + services.ca("services.pem");
    }

    private String url(String host) {
        return "https://" + host + ":" + upstream().port();
    }

    private static List<String> asked(SSLSession session) {
        return ((ExtendedSSLSession) session).getRequestedServerNames().stream().map(ServiceTlsTest::text).toList();
    }

    private static String text(SNIServerName name) {
        return ((SNIHostName) name).getAsciiName();
    }

    private RawResponse get() {
        try (RawClient client = gateway().client()) {
            return client.exchange(GET);
        }
    }

    private void assertRefused() {
        assertRefused("upstream.tls");
    }

    private void assertRefused(String fault) {
        RawResponse response = get();
        assertThat(response.status()).isEqualTo(502);
        assertThat(response.fault()).isEqualTo(fault);
        assertThat(upstream().heads()).as("what was sent to whom nobody knows").isEmpty();
    }

    // What goes well.

    @ParameterizedTest
    @CsvSource(value = {"127.0.0.1, 127.0.0.1, -, ''", "localhost, localhost, -, localhost",
        "orders.internal, 127.0.0.1, orders.internal, orders.internal",
        "*.internal, localhost, orders.internal, orders.internal"}, nullValues = "-")
    void theCertificateMustBeForTheNameThatIsAskedFor(String certified, String host, @Nullable String sni,
            String asked) {
        serve(services.server(false, certified), HELLO);
        TestGateway started = start(url(host), ca() + (sni == null ? "" : ", sni: " + sni));

        try (RawClient client = started.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.exchange(GET).body()).isEqualTo("hello");
            }
        }
        assertThat(sessions).as("connections").hasSize(1);
        assertThat(sessions.getFirst().getProtocol()).isEqualTo("TLSv1.3");
        assertThat(asked(sessions.getFirst())).isEqualTo(asked.isEmpty() ? List.of() : List.of(asked));
    }

    @Test
    void bodiesPassWholeInBothDirections() {
        serve(services.server(true, "127.0.0.1"), connection -> {
            for (RawRequest next = connection.request(); next != null; next = connection.request()) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + next.body().length() + "\r\n\r\n");
                connection.send(next.body());
            }
        });
        TestGateway started = start(url("127.0.0.1"), ca());

        try (RawClient client = started.client()) {
            for (int size : new int[]{0, 1, 16_384, 16_385, 3_000_000}) {
                String body = "0123456789abcdef".repeat(size / 16 + 1).substring(0, size);
                RawResponse response = client.exchange(
                        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n" + body);
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body().equals(body)).as("%s bytes", size).isTrue();
            }
        }
        assertThat(sessions).as("connections").hasSize(1);
    }

    @Test
    void theGatewayShowsItsOwnCertificate() throws IOException {
        serve(gateways.trust(services.server(false, "127.0.0.1")), parameters -> parameters.setNeedClientAuth(true),
                HELLO);
        start(url("127.0.0.1"), ca() + ", " + gateways.write("gateway", gateways.client("edge")));

        assertThat(get().body()).isEqualTo("hello");
        assertThat(((X509Certificate) sessions.getFirst().getPeerCertificates()[0]).getSubjectX500Principal().getName())
                .contains("CN=edge");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca", "none"})
    void lessCanBeChecked(String verify) {
        serve(services.server(false, "other.internal"), HELLO);
        start(url("127.0.0.1"), (verify.equals("none") ? "" : ca() + ", ") + "verify: " + verify);

        assertThat(get().body()).isEqualTo("hello");
    }

    @ParameterizedTest
    @CsvSource({"h2, 'h2,http/1.1', h2", "h2, http/1.1, http/1.1", "h2, '', ''", "http/1.1, 'h2,http/1.1', ''"})
    void alpnSettlesWhatIsSpoken(String protocol, String offered, String agreed) {
        serve(TestUpstream.secure(() -> engine(gateways.trust(services.server(false, "127.0.0.1")),
                parameters -> parameters.setApplicationProtocols(offered.isEmpty()
                        ? new String[0]
                        : offered.split(",", -1))),
                connection -> {
                    sessions.add(connection.session());
                    if (connection.protocol().equals("h2")) {
                        Http2Service.serving((service, request) -> service.answer(request, 200,
                                request.field(":scheme") + request.body())).serve(connection);
                    } else {
                        TestUpstream.answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold").serve(connection);
                    }
                }));
        run(TestGateway.start(GatewayYaml.to(url("127.0.0.1"))
                .upstream("protocol: " + protocol + ", tls: { " + ca() + " }").text()));

        try (RawClient first = gateway().client(); RawClient second = gateway().client()) {
            first.send(GET);
            second.send(GET);
            String expected = agreed.equals("h2") ? "https" : "old";
            assertThat(first.receive().body()).isEqualTo(expected);
            assertThat(second.receive().body()).isEqualTo(expected);
            String body = "x".repeat(300_000);
            RawResponse response = first.exchange(
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertThat(response.body()).isEqualTo(agreed.equals("h2") ? "https" + body : "old");
        }
        if (agreed.equals("h2")) {
            assertThat(sessions).as("connections").hasSizeLessThanOrEqualTo(gateway().engine().status().workers());
        }
    }

    // What does not.

    @ParameterizedTest
    @ValueSource(strings = {"other.internal", "127.0.0.2", "localhost"})
    void aCertificateForAnotherNameIsRefused(String certified) {
        serve(services.server(false, certified), HELLO);
        start(url("127.0.0.1"), ca());

        assertRefused();
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "ca"})
    void aCertificateOfAnUnknownAuthorityIsRefused(String verify) {
        serve(new Authority(folder, "Nobody").server(false, "127.0.0.1"), HELLO);
        start(url("127.0.0.1"), ca() + ", verify: " + verify);

        assertRefused();
    }

    @Test
    void withoutAnAuthorityOfItsOwnThoseOfTheRuntimeAreTrusted() {
        serve(services.server(false, "127.0.0.1"), HELLO);
        run(TestGateway.start(GatewayYaml.to(url("127.0.0.1")).text()));

        assertRefused();
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "ca"})
    void aCertificateThatHasExpiredIsRefused(String verify) {
        serve(services.server(false, Instant.now().minusSeconds(60), "127.0.0.1"), HELLO);
        start(url("127.0.0.1"), ca() + ", verify: " + verify);

        assertRefused("tls.upstream_expired");
    }

    @Test
    void aCertificateThatWasWithdrawnIsRefused() {
        X509Bundle withdrawn = services.server(false, "127.0.0.1");
        serve(withdrawn, HELLO);
        start(url("127.0.0.1"), ca() + ", crl: " + services.crl("services.crl", withdrawn));

        assertRefused();
    }

    @Test
    void aCertificateThatIsOnNoListOfWithdrawnOnesIsAccepted() {
        serve(services.server(false, "127.0.0.1"), HELLO);
        start(url("127.0.0.1"), ca() + ", crl: " + services.crl("services.crl", services.server(false, "127.0.0.1")));

        assertThat(get().body()).isEqualTo("hello");
    }

    @Test
    void aServiceThatDoesNotAcceptTheGatewayIsAFault() {
        serve(gateways.trust(services.server(false, "127.0.0.1")), parameters -> parameters.setNeedClientAuth(true),
                HELLO);
        start(url("127.0.0.1"), ca() + ", " + services.write("gateway", services.client("edge")));

        assertRefused();
    }

    @Test
    void aServiceThatSpeaksOnlyAnOlderVersionIsRefused() {
        serve(gateways.trust(services.server(false, "127.0.0.1")),
                parameters -> parameters.setProtocols(new String[]{"TLSv1.2"}), HELLO);
        start(url("127.0.0.1"), ca() + ", minVersion: \"1.3\"");
        assertRefused();

        start(url("127.0.0.1"), ca());
        assertThat(get().body()).isEqualTo("hello");
        assertThat(sessions.getLast().getProtocol()).isEqualTo("TLSv1.2");
    }

    @Test
    void aServiceThatSpeaksNoTlsIsAFault() {
        serve(TestUpstream.start(connection -> connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")));
        start(url("127.0.0.1"), ca());

        assertRefused();
        assertThat(gateway().metric("tidegate_upstream_connections_open", "")).isZero();
        assertThat(gateway().metric("tidegate_upstream_faults_total", "code=\"upstream.tls\"")).isEqualTo(1);
    }

    @Test
    void aHandshakeThatIsNotAnsweredEndsWithTheTimeToConnect() {
        try (TestUpstream silent = TestUpstream.start(connection -> connection.awaitEnd())) {
            run(TestGateway.start(GatewayYaml.to("https://127.0.0.1:" + silent.port())
                    .upstream("timeouts: { connect: 200ms }").text()));

            RawResponse response = get();
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.fault()).isEqualTo("upstream.connect_timeout");
        }
    }

    // Ends.

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyCloseNotifyEndsABodyWithoutALength(boolean said) {
        serve(services.server(false, "127.0.0.1"), connection -> {
            if (connection.request() != null) {
                connection.send("HTTP/1.1 200 OK\r\n\r\nall of it");
                if (said) {
                    connection.finish();
                }
            }
        });
        start(url("127.0.0.1"), ca());

        RawResponse response = get();
        assertThat(response.body()).isEqualTo("all of it");
        assertThat(response.complete()).isEqualTo(said);
    }

    @Test
    void aConnectionThatTheServiceEndsIsNotUsedAgain() {
        Gate end = new Gate();
        serve(services.server(false, "127.0.0.1"), connection -> {
            connection.request();
            connection.answer("hello");
            if (connection.index() == 0) {
                end.pass();
                connection.finish();
                connection.awaitEnd();
            }
        });
        start(url("127.0.0.1"), ca());

        assertThat(get().body()).isEqualTo("hello");
        end.open();
        io.tidegate.testkit.Await.until("the connection to be gone",
                () -> gateway().metric("tidegate_upstream_connections_open", "") == 0);
        assertThat(get().body()).isEqualTo("hello");
        assertThat(sessions).hasSize(2);
    }

    // Reloads.

    @Test
    void whatDidNotChangeKeepsItsConnectionsAndWhatDidIsReadAnew() {
        serve(services.server(false, "127.0.0.1"), HELLO);
        String yaml = GatewayYaml.to(url("127.0.0.1")).upstream("tls: { " + ca() + " }").text();
        run(TestGateway.start(yaml));
        assertThat(get().body()).isEqualTo("hello");

        gateway().apply(yaml + "\n# another text\n");
        assertThat(get().body()).isEqualTo("hello");
        assertThat(sessions).as("connections while nothing has changed").hasSize(1);

        new Authority(folder, "Others").ca("services.pem");
        gateway().apply(yaml);
        RawResponse refused = get();
        assertThat(refused.fault()).isEqualTo("upstream.tls");

        services.ca("services.pem");
        gateway().apply(yaml);
        assertThat(get().body()).isEqualTo("hello");
        assertThat(sessions).hasSize(2);
    }
}
