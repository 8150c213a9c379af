package io.tidegate.control.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tidegate.config.AddressConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves admin resources over HTTP/1.1 on one address, each request on a virtual thread.
///
/// The JDK's server does the protocol. What bounds it is read from system properties once per process, so whoever
/// starts the process sets them before the first server ([#systemProperties]). Requests that are no HTTP are answered by
/// it, without going through here.
public final class AdminServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int BACKLOG = 64;

    private final HttpServer server;
    private final ExecutorService threads;
    private final List<AdminResource> resources;
    private final @Nullable Gate gate;

    private AdminServer(HttpServer server, List<AdminResource> resources, @Nullable Gate gate) {
        this.server = server;
        this.resources = List.copyOf(resources);
        this.gate = gate;
        this.threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("admin-", 0).factory());
    }

    /// An address that is bound; nothing is served on it before [#serve].
    public static final class Bound {

        private final HttpServer server;

        private Bound(HttpServer server) {
            this.server = server;
        }

        /// The address, with the port that was chosen for port 0.
        public InetSocketAddress address() {
            return server.getAddress();
        }

        /// Serves `resources`; of two with one path, the first.
        ///
        /// @param gate
        ///            who may ask; null if anybody may ask for anything
        public AdminServer serve(List<AdminResource> resources, @Nullable Gate gate) {
            AdminServer admin = new AdminServer(server, resources, gate);
            server.createContext("/", admin::handle);
            server.setExecutor(admin.threads);
            server.start();
            return admin;
        }

        /// Gives the address back without having served.
        public void release() {
            server.stop(0);
        }
    }

    /// Binds an address.
    ///
    /// @param key
    ///            the key that declares it, for messages
    /// @param loopbackOnly
    ///            whether others must not reach it
    /// @throws BindException
    ///             if it can't be listened on; the message says what to change
    public static Bound bind(AddressConfig address, String key, boolean loopbackOnly) throws BindException {
        InetAddress host = resolve(address, key, loopbackOnly);
        try {
            return new Bound(HttpServer.create(new InetSocketAddress(host, address.port()), BACKLOG));
        } catch (BindException e) {
            throw refused(address, key,
                    e.getMessage() + "; stop the process that has it, or choose another with '" + key + "'");
        } catch (IOException e) {
            throw refused(address, key, e.getMessage() + "; choose another with '" + key + "'");
        }
    }

    // Of a name with several addresses every one has to be right, and the first is used.
    private static InetAddress resolve(AddressConfig address, String key, boolean loopbackOnly) throws BindException {
        if (address.isUnix()) {
            throw refused(address, key, "it must be a host and a port; Unix sockets are not served here");
        }
        InetAddress[] candidates;
        try {
            candidates = address.host().isEmpty()
                    ? new InetAddress[]{new InetSocketAddress(0).getAddress()}
                    : InetAddress.getAllByName(address.host());
        } catch (UnknownHostException e) {
            throw refused(address, key, "no address was found for the name '" + address.host() + "'");
        }
        for (InetAddress candidate : candidates) {
            if (loopbackOnly && !candidate.isLoopbackAddress()) {
                throw refused(address, key, "without TLS it must be a loopback address such as 127.0.0.1:"
                        + address.port() + "; for probes from outside, set admin.probes");
            }
        }
        return candidates[0];
    }

    private static BindException refused(AddressConfig address, String key, String why) {
        return new BindException(key + ": can't listen on " + address + ": " + why);
    }

    /// The system properties that bound the JDK's server, with values that fit an admin listener: seconds for a request
    /// to arrive and for its answer to be taken, seconds of idleness, connections per address, header fields and their
    /// bytes, and milliseconds between two looks for who is too slow. The JDK reads them when the first server of a
    /// process is made.
    public static Map<String, String> systemProperties() {
        return Map.of("sun.net.httpserver.maxReqTime", "10", "sun.net.httpserver.maxRspTime", "120",
                "sun.net.httpserver.idleInterval", "30", "jdk.httpserver.maxConnections", "256",
                "sun.net.httpserver.maxReqHeaders", "64", "sun.net.httpserver.maxReqHeaderSize", "16384",
                "sun.net.httpserver.nodelay", "true", "sun.net.httpserver.timerMillis", "5000");
    }

    /// Where it listens.
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            AdminRequest request = new AdminRequest(exchange);
            AdminAnswer answer;
            try {
                answer = answer(request);
            } catch (ProblemException e) {
                answer = e.answer();
            } catch (RuntimeException e) {
                LOG.error("admin: {} {} failed", request.method(), request.path(), e);
                answer = AdminAnswer.problem(500, "this failed inside the gateway; its log says why");
            }
            send(exchange, request, answer);
        }
    }

    private AdminAnswer answer(AdminRequest request) throws IOException {
        if (!request.isOriginForm()) {
            return AdminAnswer.problem(400, "the request target must be a path");
        }
        AdminAnswer refusal = gate == null ? null : gate.refuseForeign(request);
        if (refusal != null) {
            return refusal;
        }
        AdminResource resource = find(request.path());
        if (gate != null && (resource == null || !resource.open())) {
            refusal = gate.refuseWithoutToken(request);
            if (refusal != null) {
                return refusal;
            }
        }
        return resource == null
                ? AdminAnswer.problem(404, "there is nothing under this path")
                : resource.answer(request);
    }

    private @Nullable AdminResource find(String path) {
        for (AdminResource resource : resources) {
            if (resource.path().get().equals(path)) {
                return resource;
            }
        }
        return null;
    }

    private static void send(HttpExchange exchange, AdminRequest request, AdminAnswer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", answer.contentType());
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        answer.headers().forEach(headers::set);
        if (request.isHead()) {
            headers.set("Content-Length", Integer.toString(body.length));
        }
        boolean noBody = request.isHead() || body.length == 0;
        exchange.sendResponseHeaders(answer.status(), noBody ? -1 : body.length);
        if (!noBody) {
            exchange.getResponseBody().write(body);
        }
    }

    /// Stops. Requests that run have a second to end.
    @Override
    public void close() {
        server.stop(1);
        threads.shutdown();
    }
}
