package io.tidegate.app.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;

/// One service of the demo: an HTTP server of its own on a free port of the loopback address.
final class DemoService implements AutoCloseable {

    private static final int MOST_BODY = 64 * 1024;

    private final Resource resource;
    private final HttpServer server;

    private DemoService(Resource resource, HttpServer server) {
        this.resource = resource;
        this.server = server;
    }

    static DemoService start(Resource resource, ExecutorService executor) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        DemoService service = new DemoService(resource, server);
        server.createContext("/", service::handle);
        server.setExecutor(executor);
        server.start();
        return service;
    }

    String name() {
        return resource.name();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readNBytes(MOST_BODY + 1);
            ServiceReply reply = body.length > MOST_BODY
                    ? ServiceReply.problem(413, "The body is too large", "At most 64 KiB are read here.")
                    : answer(exchange.getRequestMethod(), exchange.getRequestURI().getPath(), body);
            byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", reply.contentType());
            reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(reply.status(), head ? -1 : bytes.length);
            if (!head) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private ServiceReply answer(String method, String path, byte[] body) {
        String base = "/" + resource.name();
        boolean reads = method.equals("GET") || method.equals("HEAD");
        if (path.equals(base)) {
            if (reads) {
                return resource.list();
            }
            if (method.equals("POST")) {
                return resource.add(body).orElseGet(() -> notAllowed(method));
            }
            return notAllowed(method);
        }
        if (path.startsWith(base + "/")) {
            String id = path.substring(base.length() + 1);
            return !reads
                    ? notAllowed(method)
                    : resource.find(id).orElseGet(() -> ServiceReply.problem(404, "Not found",
                            "There is nothing named '" + id + "' among the " + resource.name() + "."));
        }
        return ServiceReply.problem(404, "Not found", "This service has " + base + " alone.");
    }

    private static ServiceReply notAllowed(String method) {
        return ServiceReply.problem(405, "Method not allowed", "There is no " + method + " here.").with("allow",
                "GET, HEAD");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
