package io.tidegate.tests.proxy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A name server on a UDP port of the loopback address that knows the addresses of one name, and SRV records of any
/// (RFC 1035 section 4, RFC 2782).
public final class NameServer implements AutoCloseable {

    private static final int TYPE_A = 1;
    private static final int TYPE_SRV = 33;
    private static final int ANSWER = 0x8180;
    private static final int SERVER_FAILURE = 2;
    private static final int NO_SUCH_NAME = 3;
    private static final int POINTER_TO_QUESTION = 0xC00C;

    private final DatagramSocket socket;
    private final String name;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile @Nullable List<String> addresses;
    private final Map<String, List<Service>> services = new ConcurrentHashMap<>();
    private volatile int seconds;
    private volatile boolean silent;
    private volatile boolean failing;

    /// A server that says that there is no such name, whatever it is asked for.
    public NameServer(String name) {
        this.name = name;
        try {
            socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("name-server").start(this::run);
    }

    /// From here on the name has these IPv4 addresses, for so many seconds.
    public void answer(int ttl, String... known) {
        seconds = ttl;
        addresses = List.of(known);
    }

    /// An SRV record.
    public record Service(int priority, int weight, int port, String target) {
    }

    /// From here on a name has these SRV records, for so many seconds.
    public void services(String of, int ttl, Service... known) {
        seconds = ttl;
        services.put(of, List.of(known));
    }

    /// From here on there is no such name.
    public void forget() {
        addresses = null;
    }

    /// Whether it says that it fails, whatever it is asked for.
    public void failing(boolean on) {
        failing = on;
    }

    /// Whether it takes questions without answering them.
    public void silent(boolean on) {
        silent = on;
    }

    /// How often it was asked for IPv4 addresses of its name.
    public int asked() {
        return asked.get();
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
    }

    private void run() {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        while (!socket.isClosed()) {
            try {
                packet.setLength(512);
                socket.receive(packet);
                byte[] answer = answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
                if (!silent) {
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                // It was closed.
                return;
            }
        }
    }

    private byte[] answer(ByteBuffer query) throws IOException {
        int id = query.getShort(0);
        query.position(12);
        StringBuilder asking = new StringBuilder();
        for (int length = query.get(); length > 0; length = query.get()) {
            byte[] label = new byte[length];
            query.get(label);
            asking.append(asking.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
        }
        int type = query.getShort();
        query.getShort();
        byte[] question = new byte[query.position() - 12];
        query.get(12, question);
        List<String> known = name.contentEquals(asking) ? addresses : null;
        if (type == TYPE_A && name.contentEquals(asking)) {
            asked.incrementAndGet();
        }
        List<Service> records = services.get(asking.toString());
        if (type == TYPE_SRV && records != null) {
            asked.incrementAndGet();
            return records(id, question, failing ? List.of() : records);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        List<String> told = known == null || failing || type != TYPE_A ? List.of() : known;
        out.writeShort(id);
        out.writeShort(ANSWER | (failing ? SERVER_FAILURE : known == null ? NO_SUCH_NAME : 0));
        out.writeShort(1);
        out.writeShort(told.size());
        out.writeInt(0);
        out.write(question);
        for (String address : told) {
            out.writeShort(POINTER_TO_QUESTION);
            out.writeShort(TYPE_A);
            out.writeShort(1);
            out.writeInt(seconds);
            out.writeShort(4);
            out.write(InetAddress.ofLiteral(address).getAddress());
        }
        return bytes.toByteArray();
    }

    private byte[] records(int id, byte[] question, List<Service> records) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(id);
        out.writeShort(ANSWER | (failing ? SERVER_FAILURE : 0));
        out.writeShort(1);
        out.writeShort(records.size());
        out.writeInt(0);
        out.write(question);
        for (Service record : records) {
            ByteArrayOutputStream target = new ByteArrayOutputStream();
            for (String label : record.target().split("\\.", -1)) {
                target.write(label.length());
                target.write(label.getBytes(StandardCharsets.US_ASCII));
            }
            target.write(0);
            out.writeShort(POINTER_TO_QUESTION);
            out.writeShort(TYPE_SRV);
            out.writeShort(1);
            out.writeInt(seconds);
            out.writeShort(6 + target.size());
            out.writeShort(record.priority());
            out.writeShort(record.weight());
            out.writeShort(record.port());
            out.write(target.toByteArray());
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
