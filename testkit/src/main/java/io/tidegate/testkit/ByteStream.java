package io.tidegate.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;

/// Bytes in both directions, read by one thread and written by one.
interface ByteStream extends Closeable {

    /// The next byte, -1 at the end.
    int read() throws IOException;

    /// Some bytes, -1 at the end.
    int read(byte[] target, int offset, int length) throws IOException;

    /// Sends all of these bytes.
    void write(byte[] bytes, int offset, int length) throws IOException;

    /// Says that nothing more will be sent.
    void shutdownOutput() throws IOException;

    /// Breaks the connection off.
    void reset() throws IOException;

    /// Bytes taken from the socket so far.
    long received();

    /// Bytes given to the socket so far.
    long sent();

    SocketAddress localAddress() throws IOException;

    /// What is received, as a stream.
    default InputStream input() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                return ByteStream.this.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                // Of nothing, nothing is waited for.
                return length == 0 ? 0 : ByteStream.this.read(target, offset, length);
            }
        };
    }

    /// Where to send, as a stream.
    default OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                ByteStream.this.write(new byte[]{(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                ByteStream.this.write(bytes, offset, length);
            }
        };
    }
}
