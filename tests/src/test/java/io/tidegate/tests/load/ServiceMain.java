package io.tidegate.tests.load;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/// A service in a process of its own: answers every request with a short text, and ends with whoever started it.
public final class ServiceMain {

    private static final byte[] ANSWER = {'o', 'k'};

    private ServiceMain() {
    }

    /// Serves on a port.
    ///
    /// @param args
    ///            the port; 0 for any. It is printed on a line of its own once clients are served
    public static void main(String[] args) throws IOException {
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), 1024);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, ANSWER.length);
            exchange.getResponseBody().write(ANSWER);
            exchange.close();
        });
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        System.out.println(server.getAddress().getPort());
        while (System.in.read() >= 0) {
            // Until the other end is closed.
        }
        System.exit(0);
    }
}
