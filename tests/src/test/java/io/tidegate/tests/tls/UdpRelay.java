package io.tidegate.tests.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A relay of datagrams between one client and a gateway, as a router with address translation is one: the gateway sees
/// its port, and another one when it says so. It remembers what passed.
final class UdpRelay implements AutoCloseable {

    private static final int LARGEST = 65_535;
    private static final int LONG_HEADER = 0x80;

    /// A type of packet that has a long header (RFC 9000 §17.2).
    static final int INITIAL = 0;
    /// A type of packet that has a long header.
    static final int RETRY = 3;

    private final SocketAddress gateway;
    private final DatagramSocket inner;
    private final List<byte[]> toClient = new ArrayList<>();
    private final List<byte[]> toGateway = new ArrayList<>();
    private volatile DatagramSocket outer;
    private volatile boolean deaf;
    private volatile @Nullable SocketAddress client;

    UdpRelay(SocketAddress gateway) {
        this.gateway = gateway;
        this.inner = bind();
        this.outer = bind();
        Thread.ofVirtual().start(this::outwards);
        inwards(outer);
    }

    private static DatagramSocket bind() {
        try {
            return new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where the client finds the gateway.
    SocketAddress address() {
        return inner.getLocalSocketAddress();
    }

    /// Gives the client nothing any more of what comes.
    UdpRelay deafen() {
        deaf = true;
        return this;
    }

    /// Sends from another port from here on; what comes back to the one before is lost.
    void rebind() {
        DatagramSocket before = outer;
        DatagramSocket next = bind();
        inwards(next);
        outer = next;
        before.close();
    }

    private void outwards() {
        byte[] buffer = new byte[LARGEST];
        while (!inner.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                inner.receive(packet);
                client = packet.getSocketAddress();
                byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
                remember(toGateway, bytes);
                outer.send(new DatagramPacket(bytes, bytes.length, gateway));
            } catch (IOException e) {
                // Lost, as datagrams may be.
            }
        }
    }

    private void inwards(DatagramSocket from) {
        Thread.ofVirtual().start(() -> {
            byte[] buffer = new byte[LARGEST];
            while (!from.isClosed()) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                try {
                    from.receive(packet);
                    byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
                    remember(toClient, bytes);
                    SocketAddress to = client;
                    if (to != null && !deaf) {
                        inner.send(new DatagramPacket(bytes, bytes.length, to));
                    }
                } catch (IOException e) {
                    // Lost, as datagrams may be.
                }
            }
        });
    }

    private static void remember(List<byte[]> list, byte[] bytes) {
        synchronized (list) {
            list.add(bytes);
        }
    }

    /// The datagrams that begin with a packet of this type and went to the client.
    List<byte[]> sentToClient(int type) {
        return packets(toClient, type);
    }

    /// The datagrams that begin with a packet of this type and went to the gateway.
    List<byte[]> sentToGateway(int type) {
        return packets(toGateway, type);
    }

    /// Bytes that went to the client, or would have.
    long bytesToClient() {
        return bytes(toClient);
    }

    /// Bytes that went to the gateway.
    long bytesToGateway() {
        return bytes(toGateway);
    }

    private static long bytes(List<byte[]> list) {
        synchronized (list) {
            return list.stream().mapToLong(bytes -> bytes.length).sum();
        }
    }

    private static List<byte[]> packets(List<byte[]> list, int type) {
        synchronized (list) {
            return list.stream().filter(bytes -> bytes.length > 0 && (bytes[0] & LONG_HEADER) != 0)
                    .filter(bytes -> ((bytes[0] >> 4) & 3) == type).toList();
        }
    }

    @Override
    public void close() {
        inner.close();
        outer.close();
    }
}
