package io.tidegate.app.command;

import io.tidegate.app.demo.DemoServices;
import io.tidegate.app.gateway.RunningGateway;
import io.tidegate.app.gateway.StartException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Does for a moment what a gateway does, so that Java can keep in a cache what it loads and learns meanwhile. Run by
/// the launcher with `-XX:AOTCacheOutput`; says nothing and touches nothing but free loopback ports.
final class TrainCommand implements Command {

    private static final long TIME_NANOS = 1_500_000_000L;
    private static final long POLL_MILLIS = 20;
    /// Its lines are written all the same, as that is to be learned too.
    private static final String NOWHERE = "/dev/null";
    private static final List<String> PATHS = List.of("/orders", "/orders/1001", "/payments/5001", "/users/1",
            "/users/99", "/nowhere");

    @Override
    public Syntax syntax() {
        return Syntax.of("train", "Make the cache that makes starts faster.",
                "Needed once after an installation, by somebody who may write beside its 'lib'. The launcher of a"
                        + " source checkout does it by itself after each build.");
    }

    @Override
    public int run(Arguments arguments, Terminal terminal) throws IOException, InterruptedException {
        try (PrintWriter nobody = new PrintWriter(Writer.nullWriter())) {
            CommandLines.run(nobody, nobody, "version");
            CommandLines.run(nobody, nobody, "run", "--help");
            CommandLines.run(nobody, nobody, "check", "/nowhere/tidegate.yaml");
        }
        try (DemoServices services = DemoServices.start();
                RunningGateway gateway = RunningGateway.start(DemoCommand.configuration(services, 0, 0, NOWHERE),
                        Version.current().number())) {
            // Every start does this too.
            while (!gateway.isWarm()) {
                Thread.sleep(POLL_MILLIS);
            }
            for (SocketAddress address : gateway.addresses().values()) {
                send(Addresses.port(address));
            }
            gateway.drain();
        } catch (StartException e) {
            throw new WrongInputException(String.valueOf(e.getMessage()));
        }
        return CommandLines.OK;
    }

    /// Sends requests over one connection for a moment.
    private static void send(int port) throws IOException {
        long end = System.nanoTime() + TIME_NANOS;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (int i = 0; System.nanoTime() - end < 0; i++) {
                String path = PATHS.get(i % PATHS.size());
                out.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: train\r\nAccept: */*\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                skipResponse(in);
            }
        } catch (SocketException e) {
            // The gateway may end a connection when it wants to; what was learned until then is kept.
        }
    }

    private static void skipResponse(InputStream in) throws IOException {
        int length = 0;
        for (String field = readLine(in); !field.isEmpty(); field = readLine(in)) {
            if (field.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(field.substring(15).strip());
            }
        }
        in.skipNBytes(length);
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new SocketException("closed");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
