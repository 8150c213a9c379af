package io.tidegate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tidegate.config.ConfigLoader;
import io.tidegate.config.ConfigTarget;
import io.tidegate.config.Loaded;
import io.tidegate.config.Plugins;
import io.tidegate.config.ProcessConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EngineTest {

    private HttpServer service;

    @BeforeEach
    void startService() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        service.createContext("/", call -> {
            byte[] body = call.getRequestBody().readAllBytes();
            String text = call.getRequestMethod() + " " + call.getRequestURI() + " "
                    + call.getRequestHeaders().getFirst("x-forwarded-for") + " "
                    + new String(body, StandardCharsets.UTF_8);
            byte[] answer = text.getBytes(StandardCharsets.UTF_8);
            call.sendResponseHeaders(200, call.getRequestURI().getPath().startsWith("/chunked") ? 0 : answer.length);
            call.getResponseBody().write(answer);
            call.close();
        });
        service.start();
    }

    @AfterEach
    void stopService() {
        service.stop(0);
    }

    private Loaded.Accepted config(String routes) {
        String text = """
                listeners:
                  default: { address: "127.0.0.1:0" }
                upstreams:
                  service: { endpoints: ["http://127.0.0.1:%d"] }
                routes:
                %s
                """.formatted(service.getAddress().getPort(), routes.indent(2));
        Loaded loaded = new ConfigLoader(Plugins.none(), name -> null).loadText("test.yaml", text);
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        return (Loaded.Accepted) loaded;
    }

    private static Engine start(ProcessConfig.Transport transport) {
        return Engine.start(new EngineOptions(new ProcessConfig(ProcessConfig.Count.of(2), transport,
                ProcessConfig.Count.of("auto"), java.time.Duration.ofSeconds(5), java.time.Duration.ZERO, null,
                io.tidegate.config.OverloadConfig.of(true), null, null)));
    }

    private static URI uri(Engine engine, String path) {
        InetSocketAddress address = (InetSocketAddress) Objects.requireNonNull(engine.addresses().get("default"));
        return URI.create("http://127.0.0.1:" + address.getPort() + path);
    }

    @ParameterizedTest
    @EnumSource(value = ProcessConfig.Transport.class, names = {"IO_URING", "EPOLL", "NIO"})
    void proxiesRequestsWithAndWithoutBodiesOverEveryTransport(ProcessConfig.Transport transport) throws Exception {
        try (Engine engine = start(transport); HttpClient client = HttpClient.newHttpClient()) {
            assertThat(engine.apply(config("all: { upstream: service }")))
                    .isInstanceOf(ConfigTarget.Result.Applied.class);
            for (int i = 0; i < 20; i++) {
                HttpResponse<String> plain = client.send(HttpRequest.newBuilder(uri(engine, "/a/" + i)).build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(plain.body()).isEqualTo("GET /a/" + i + " 127.0.0.1 ");
                HttpResponse<String> posted = client.send(HttpRequest.newBuilder(uri(engine, "/chunked/" + i))
                        .POST(HttpRequest.BodyPublishers.ofString("hello")).build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(posted.body()).isEqualTo("POST /chunked/" + i + " 127.0.0.1 hello");
            }
            assertThat(engine.drain(0, 20_000)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(value = ProcessConfig.Transport.class, names = {"IO_URING", "EPOLL", "NIO"})
    void closesWhatIsOpenBeforeItsLoopsEnd(ProcessConfig.Transport transport) throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        Handler netty = new Handler() {
            @Override
            public void publish(LogRecord event) {
                told.add(event.getMessage());
            }

            @Override
            public void flush() {
                // Nothing is buffered.
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
        Logger logger = Logger.getLogger("io.netty.channel");
        logger.addHandler(netty);
        List<Socket> open = new ArrayList<>();
        try {
            Engine engine = start(transport);
            engine.apply(config("all: { upstream: service }"));
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket("127.0.0.1", uri(engine, "/").getPort());
                open.add(socket);
                socket.getOutputStream()
                        .write("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
            engine.close();
            for (Socket socket : open) {
                socket.setSoTimeout(30_000);
                socket.getInputStream().readAllBytes();
            }
        } finally {
            logger.removeHandler(netty);
            for (Socket socket : open) {
                socket.close();
            }
        }
        assertThat(told).isEmpty();
    }

    @Test
    void keepsItsSocketWhenTheConfigurationOfAListenerChanges() throws Exception {
        try (Engine engine = start(ProcessConfig.Transport.AUTO); HttpClient client = HttpClient.newHttpClient()) {
            engine.apply(config("all: { upstream: service }"));
            URI before = uri(engine, "/x");
            engine.apply(config("other: { match: [{ path: /y }], upstream: service }"));
            assertThat(uri(engine, "/x")).isEqualTo(before);
            HttpResponse<String> gone = client.send(HttpRequest.newBuilder(before).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(gone.statusCode()).isEqualTo(404);
            assertThat(gone.headers().firstValue("content-type")).hasValue("application/problem+json");
            assertThat(engine.status().revision()).isEqualTo(2);
        }
    }

    @Test
    void answersPipelinedRequestsInOrderAndClosesBehindWhatIsNoRequest() throws Exception {
        try (Engine engine = start(ProcessConfig.Transport.AUTO)) {
            engine.apply(config("all: { upstream: service }"));
            try (Socket socket = new Socket("127.0.0.1", uri(engine, "/").getPort())) {
                socket.getOutputStream().write(("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
                        + "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                        + "GET /3 HTTP/1.1\r\nHost : a\r\n\r\nGET /4 HTTP/1.1\r\nHost: a\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertThat(all).containsSubsequence("HTTP/1.1 200 OK", "GET /1 127.0.0.1", "HTTP/1.1 200 OK",
                        "POST /2 127.0.0.1 abc", "HTTP/1.1 400 Bad Request", "connection: close",
                        "urn:tidegate:header.name");
                assertThat(all).doesNotContain("/4");
            }
        }
    }
}
