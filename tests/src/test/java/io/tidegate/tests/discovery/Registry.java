package io.tidegate.tests.discovery;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// What the test servers of all registries have in common: HTTP, and whether they are well.
abstract class Registry implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Question> questions = new CopyOnWriteArrayList<>();
    private volatile int failing;
    private volatile boolean closed;

    /// What was asked.
    record Question(String path, Map<String, String> query, HttpExchange exchange) {

        @Nullable
        String field(String name) {
            return exchange.getRequestHeaders().getFirst(name);
        }
    }

    Registry() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /// Answers everything with this status from here on; 0 for answers as they should be.
    void fails(int status) {
        failing = status;
        changed();
    }

    /// What was asked so far.
    List<Question> questions() {
        return new ArrayList<>(questions);
    }

    boolean isClosed() {
        return closed;
    }

    /// Wakes up whoever waits for a change.
    synchronized void changed() {
        notifyAll();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Map<String, String> query = new HashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String pair : (raw == null ? "" : raw).split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        Question question = new Question(exchange.getRequestURI().getPath(), query, exchange);
        questions.add(question);
        try (exchange) {
            if (failing > 0) {
                exchange.sendResponseHeaders(failing, -1);
            } else {
                answer(question);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Answers one question.
    abstract void answer(Question question) throws IOException, InterruptedException;

    static void send(Question question, int status, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        question.exchange.getResponseHeaders().set("Content-Type", "application/json");
        question.exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = question.exchange.getResponseBody()) {
            out.write(body);
        }
    }

    @Override
    public void close() {
        closed = true;
        changed();
        server.stop(0);
        threads.shutdownNow();
    }
}
