package io.tidegate.testkit;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;

/// A socket, TCP or Unix, read by one thread and written by one. Reads and writes wait at most [Await#GUARD].
final class Connection implements ByteStream {

    private final SocketChannel channel;
    private final Selector readable;
    private final Selector writable;
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final ByteBuffer incoming = ByteBuffer.allocate(65536).flip();
    private volatile boolean closed;

    private Connection(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        if (!isUnix(channel.getRemoteAddress())) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        readable = Selector.open();
        channel.register(readable, SelectionKey.OP_READ);
        writable = Selector.open();
        channel.register(writable, SelectionKey.OP_WRITE);
    }

    static Connection of(SocketChannel accepted) throws IOException {
        return new Connection(accepted);
    }

    /// Connects.
    ///
    /// @param receiveBuffer
    ///            size of the socket's receive buffer in bytes, 0 for the system's own
    static Connection to(SocketAddress address, int receiveBuffer) throws IOException {
        SocketChannel channel = isUnix(address)
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
        try {
            if (receiveBuffer > 0) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
            }
            channel.connect(address);
            return new Connection(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static boolean isUnix(SocketAddress address) {
        return address instanceof UnixDomainSocketAddress;
    }

    @Override
    public SocketAddress localAddress() throws IOException {
        return channel.getLocalAddress();
    }

    @Override
    public long received() {
        return received.get();
    }

    @Override
    public long sent() {
        return sent.get();
    }

    @Override
    public int read() throws IOException {
        return incoming.hasRemaining() || fill() ? incoming.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (!incoming.hasRemaining() && !fill()) {
            return -1;
        }
        int count = Math.min(length, incoming.remaining());
        incoming.get(target, offset, count);
        return count;
    }

    private boolean fill() throws IOException {
        incoming.clear();
        int count = channel.read(incoming);
        while (count == 0) {
            await(readable, "waited in vain for bytes");
            count = channel.read(incoming);
        }
        incoming.flip();
        received.addAndGet(Math.max(0, count));
        return count > 0;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        while (buffer.hasRemaining()) {
            int count = channel.write(buffer);
            sent.addAndGet(count);
            if (count == 0) {
                await(writable, "waited in vain for the peer to read");
            }
        }
    }

    private void await(Selector selector, String failure) throws IOException {
        long end = System.nanoTime() + Await.GUARD.toNanos();
        while (selector.select(1000) == 0) {
            if (closed || !channel.isOpen()) {
                throw new ClosedChannelException();
            }
            if (System.nanoTime() - end > 0) {
                throw new GuardException(failure);
            }
        }
        selector.selectedKeys().clear();
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    /// A wait took longer than [Await#GUARD].
    static final class GuardException extends IOException {

        private static final long serialVersionUID = 1L;

        GuardException(String message) {
            super(message);
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void reset() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        close();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        channel.close();
        readable.close();
        writable.close();
    }
}
