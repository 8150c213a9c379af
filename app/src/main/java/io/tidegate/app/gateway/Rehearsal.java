package io.tidegate.app.gateway;

import io.tidegate.config.ConfigTarget;
import io.tidegate.config.Loaded;
import io.tidegate.engine.Engine;
import io.tidegate.engine.EngineOptions;
import io.tidegate.engine.overload.Signs;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A gateway in front of a service, with a few clients, all of it within this process: what Java sees of it, it
/// compiles for the gateway that serves. It listens on free ports of the loopback interface that nobody else is told of.
final class Rehearsal implements AutoCloseable {

    private static final int CLIENTS = 4;
    private static final String FIELDS = "Host: rehearsal\r\nUser-Agent: tidegate\r\nAccept: */*\r\n"
            + "Accept-Encoding: gzip\r\n";
    private static final char END = '.';
    private static final String BODY = "rehearsal ".repeat(12) + END;
    private static final int TIMEOUT_MILLIS = 1000;

    private final Engine engine;
    private final List<Client> clients = new ArrayList<>();
    private int rounds;

    /// One connection, and what is asked over it again and again.
    private static final class Client {

        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;
        private final byte[] request;
        private final byte[] received = new byte[4096];

        Client(Socket socket, byte[] request) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.out = socket.getOutputStream();
            this.request = request;
        }

        void ask() throws IOException {
            out.write(request);
        }

        /// Reads until the end that all responses have: nothing is parsed, as that is no work of a gateway's.
        void skipResponse() throws IOException {
            int read;
            do {
                read = in.read(received);
                if (read < 0) {
                    throw new EOFException("closed");
                }
            } while (received[read - 1] != END);
        }

        /// Ends it, and tells what was asked over it.
        byte[] end() {
            close();
            return request;
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                // It is not used any more.
            }
        }
    }

    private Rehearsal(Engine engine) {
        this.engine = engine;
    }

    /// Starts one.
    ///
    /// @param transport
    ///            that of the gateway that serves: other classes drive the sockets of another
    /// @throws IOException
    ///             where no sockets can be had for it
    static Rehearsal start(String transport) throws IOException {
        Configurations configurations = Configurations.create();
        Loaded.Accepted loaded = configuration(configurations, transport, 1);
        Rehearsal rehearsal = new Rehearsal(
                Engine.start(new EngineOptions(loaded.config().gateway()).withSigns(Signs.none())));
        try {
            rehearsal.apply(loaded);
            rehearsal.apply(configuration(configurations, transport, rehearsal.port("service")));
            for (int i = 0; i < CLIENTS; i++) {
                rehearsal.connect((i % 2 == 0 ? get() : post()).getBytes(StandardCharsets.US_ASCII));
            }
            return rehearsal;
        } catch (IOException | RuntimeException | Error e) {
            rehearsal.close();
            throw e;
        }
    }

    private static Loaded.Accepted configuration(Configurations configurations, String transport, int servicePort) {
        Loaded loaded = configurations.loadResource("rehearsal.yaml",
                Map.of("TRANSPORT", transport, "SERVICE_PORT", Integer.toString(servicePort), "BODY", BODY));
        if (loaded instanceof Loaded.Accepted accepted) {
            return accepted;
        }
        throw new IllegalStateException("the program's own rehearsal.yaml is not valid");
    }

    private void apply(Loaded.Accepted loaded) throws IOException {
        if (engine.apply(loaded) instanceof ConfigTarget.Result.Refused refused) {
            throw new IOException(refused.problems().toString());
        }
    }

    private int port(String listener) throws IOException {
        SocketAddress address = engine.addresses().get(listener);
        if (address instanceof InetSocketAddress inet) {
            return inet.getPort();
        }
        throw new IOException("nothing listens");
    }

    private static String get() {
        return "GET /rehearsal?of=a+request HTTP/1.1\r\n" + FIELDS + "\r\n";
    }

    private static String post() {
        return "POST /rehearsal HTTP/1.1\r\n" + FIELDS + "Content-Length: " + BODY.length() + "\r\n\r\n" + BODY;
    }

    @SuppressWarnings("AddressSelection") // a literal: nothing is looked up
    private void connect(byte[] request) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress("127.0.0.1", port("front")), TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            clients.add(new Client(socket, request));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /// Has each client send a request, and waits for the answers. Each second time one of them connects anew: not each
    /// time, since the operating system remembers every connection for a minute.
    ///
    /// @throws IOException
    ///             where a connection is broken
    void round() throws IOException {
        rounds++;
        if (rounds % 2 == 0) {
            connect(clients.removeFirst().end());
        }
        for (Client client : clients) {
            client.ask();
        }
        for (Client client : clients) {
            client.skipResponse();
        }
    }

    @Override
    public void close() {
        clients.forEach(Client::close);
        engine.close();
    }
}
