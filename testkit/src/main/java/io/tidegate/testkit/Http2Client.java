package io.tidegate.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// A client of HTTP/2 (RFC 9113) that sends exactly the frames it is told to, rightly formed or not. Fields go out as
/// literals, so that nothing changes them on the way.
public final class Http2Client implements AutoCloseable {

    /// Types of frames.
    public static final int DATA = 0;
    /// A head, or a part of one.
    public static final int HEADERS = 1;
    /// Priority of a stream.
    public static final int PRIORITY = 2;
    /// The end of a stream, out of order.
    public static final int RST_STREAM = 3;
    /// Settings of the connection.
    public static final int SETTINGS = 4;
    /// A question for a sign of life.
    public static final int PING = 6;
    /// The announced end of a connection.
    public static final int GOAWAY = 7;
    /// Room for more data.
    public static final int WINDOW_UPDATE = 8;
    /// The rest of a head.
    public static final int CONTINUATION = 9;

    /// Flags of frames.
    public static final int END_STREAM = 1;
    /// An answer to settings or a ping.
    public static final int ACK = 1;
    /// The head is complete.
    public static final int END_HEADERS = 4;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    /// One frame that was received.
    public static final class Frame {

        private final int type;
        private final int flags;
        private final int stream;
        private final byte[] payload;

        private Frame(int type, int flags, int stream, byte[] payload) {
            this.type = type;
            this.flags = flags;
            this.stream = stream;
            this.payload = payload;
        }

        /// What it is: see the constants.
        public int type() {
            return type;
        }

        /// Its stream, 0 for the connection.
        public int stream() {
            return stream;
        }

        /// The payload's number at this place.
        public long number(int at) {
            return ByteBuffer.wrap(payload).getInt(at) & 0xFFFFFFFFL;
        }

        /// The value of a setting, -1 where the frame has none of this identifier.
        public long value(int identifier) {
            for (int at = 0; at + 6 <= payload.length; at += 6) {
                if (ByteBuffer.wrap(payload).getShort(at) == identifier) {
                    return number(at + 2);
                }
            }
            return -1;
        }

        /// Whether this flag is set.
        public boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    private final ByteStream connection;
    private final String scheme;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
    private final Map<Integer, Http2ClientStream> streams = new HashMap<>();
    private final ArrayDeque<Frame> seen = new ArrayDeque<>();
    private String host = "a";
    private int nextStream = 1;
    private boolean opensWindows = true;
    private long goneAway = -1;
    private int lastStream = -1;
    private boolean ended;

    private Http2Client(ByteStream connection, String scheme) {
        this.connection = connection;
        this.scheme = scheme;
    }

    /// Connects and sends the preface with these settings, as identifier and value.
    public static Http2Client connect(SocketAddress address, int... settings) {
        try {
            return new Http2Client(Connection.to(address, 0), "http").begin(settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Connects over TLS, agrees on `h2`, and sends the preface.
    ///
    /// @param serverName
    ///            the name that is asked for (SNI); null for none
    public static Http2Client secure(SocketAddress address, SSLContext context, @Nullable String serverName) {
        try {
            SecureStream stream = SecureStream.connect(address, context, serverName,
                    parameters -> parameters.setApplicationProtocols(new String[]{"h2"}));
            if (!stream.protocol().equals("h2")) {
                stream.close();
                throw new IllegalStateException("agreed on '" + stream.protocol() + "' instead of h2");
            }
            return new Http2Client(stream, "https").begin();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Http2Client begin(int... settings) {
        send(PREFACE);
        return settings(settings);
    }

    /// Gives the server no room for more data from here on.
    public Http2Client keepsWindowsShut() {
        opensWindows = false;
        return this;
    }

    /// Sends these bytes. A peer that breaks the connection off meanwhile is no error.
    public Http2Client send(byte[] bytes) {
        try {
            connection.write(bytes, 0, bytes.length);
        } catch (Connection.GuardException e) {
            throw new UncheckedIOException(e);
        } catch (IOException e) {
            return this;
        }
        return this;
    }

    /// Sends a frame.
    public Http2Client frame(int type, int flags, int stream, byte[] payload) {
        return send(bytesOf(type, flags, stream, payload));
    }

    /// The bytes of a frame.
    public static byte[] bytesOf(int type, int flags, int stream, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length).put((byte) type).put((byte) flags)
                .putInt(stream).put(payload);
        return frame.array();
    }

    /// Sends settings, as identifier and value.
    public Http2Client settings(int... settings) {
        ByteBuffer payload = ByteBuffer.allocate(settings.length * 3);
        for (int i = 0; i < settings.length; i += 2) {
            payload.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        return frame(SETTINGS, 0, 0, payload.array());
    }

    /// The stream that the next request goes on.
    public int nextStream() {
        int id = nextStream;
        nextStream += 2;
        return id;
    }

    /// A header block: names and values in turn, as literals.
    public static byte[] block(String... fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            out.write(0x10);
            text(out, fields[i]);
            text(out, fields[i + 1]);
        }
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int length = bytes.length;
        if (length < 127) {
            out.write(length);
        } else {
            out.write(127);
            length -= 127;
            while (length >= 128) {
                out.write(length % 128 + 128);
                length /= 128;
            }
            out.write(length);
        }
        out.writeBytes(bytes);
    }

    /// Sends a head in one frame: names and values in turn.
    public Http2Client headers(int stream, boolean end, String... fields) {
        return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(fields));
    }

    /// Asks for this host from here on, instead of `a`.
    public Http2Client host(String name) {
        host = name;
        return this;
    }

    /// Sends the head of a request.
    ///
    /// @return its stream
    public int request(String method, String path, boolean end, String... fields) {
        int id = nextStream();
        String[] all = new String[8 + fields.length];
        System.arraycopy(new String[]{":method", method, ":scheme", scheme, ":authority", host, ":path", path}, 0, all,
                0, 8);
        System.arraycopy(fields, 0, all, 8, fields.length);
        headers(id, end, all);
        return id;
    }

    /// Sends a part of a body.
    public Http2Client data(int stream, String text, boolean end) {
        return frame(DATA, end ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// Sends a whole body in frames of at most 16 KiB, as the server's windows let it, unless the stream is
    /// over before.
    public Http2Client upload(int stream, String text) {
        return upload(stream, text.getBytes(StandardCharsets.ISO_8859_1), true);
    }

    /// Sends these bytes in frames of at most 16 KiB, as the server's windows let it, unless the stream is over before.
    ///
    /// @param end
    ///            whether the body is complete with them
    public Http2Client upload(int stream, byte[] bytes, boolean end) {
        int at = 0;
        while (at < bytes.length && !ended && !stream(stream).isOver()) {
            int room = Math.min(Math.min(stream(0).window, stream(stream).window), Math.min(16_384, bytes.length - at));
            if (room <= 0) {
                take();
                continue;
            }
            stream(0).window -= room;
            stream(stream).window -= room;
            byte[] part = Arrays.copyOfRange(bytes, at, at + room);
            at += room;
            frame(DATA, end && at == bytes.length ? END_STREAM : 0, stream, part);
        }
        return this;
    }

    /// What comes on a stream behind its head, as it comes; it ends with the stream, however that ends.
    public InputStream input(int stream) {
        Http2ClientStream from = stream(stream);
        return new PartsInput(from.body, () -> {
            boolean more = !from.isOver() && !ended;
            if (more) {
                take();
            }
            return more;
        });
    }

    /// Resets a stream.
    public Http2Client reset(int stream, int error) {
        return frame(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(error).array());
    }

    /// Gives room for more data.
    public Http2Client windowUpdate(int stream, int bytes) {
        return frame(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    /// Sends a GET and reads its response.
    public Http2Response get(String path, String... fields) {
        return response(request("GET", path, true, fields));
    }

    /// Reads until this stream is over, or the connection.
    public Http2Response response(int stream) {
        while (!stream(stream).isOver() && !ended) {
            take();
        }
        return state(stream);
    }

    /// Reads until this stream has a head, or is over.
    public Http2Response head(int stream) {
        while (stream(stream).status == 0 && !stream(stream).isOver() && !ended) {
            take();
        }
        return state(stream);
    }

    /// What has been read of this stream.
    public Http2Response state(int stream) {
        Http2ClientStream of = stream(stream);
        return new Http2Response(of.status, List.copyOf(of.interim), of.fields,
                of.body.toString(StandardCharsets.ISO_8859_1), of.trailers, of.reset, of.complete);
    }

    /// Reads until a GOAWAY comes, or the connection ends.
    ///
    /// @return its error code, -1 where none came
    public long goAway() {
        while (goneAway < 0 && !ended) {
            take();
        }
        return goneAway;
    }

    /// Reads until a GOAWAY with an error comes, or the connection ends.
    ///
    /// @return its error code, 0 where the connection went in peace, -1 where it went without a word
    public long goAwayInAnger() {
        while (goneAway <= 0 && !ended) {
            take();
        }
        return goneAway;
    }

    /// The last stream that the last GOAWAY said would be served, -1 where none came.
    public int lastStream() {
        return lastStream;
    }

    /// Reads until the connection ends.
    public void awaitEnd() {
        while (!ended) {
            take();
        }
    }

    /// Reads until a frame of this type comes.
    ///
    /// @return the frame, or null where the connection ended first
    public @Nullable Frame await(int type, int flag) {
        seen.clear();
        while (!ended) {
            take();
            Frame last = seen.peekLast();
            if (last != null && last.type() == type && (flag == 0 || last.has(flag))) {
                return last;
            }
        }
        return null;
    }

    /// Bytes given to the socket so far.
    public long sentBytes() {
        return connection.sent();
    }

    /// Whether the server has ended the connection, as far as was read.
    public boolean isEnded() {
        return ended;
    }

    private Http2ClientStream stream(int id) {
        return streams.computeIfAbsent(id, key -> new Http2ClientStream());
    }

    private void take() {
        try {
            byte[] head = new byte[9];
            readFully(head);
            byte[] payload = new byte[(head[0] & 0xFF) << 16 | (head[1] & 0xFF) << 8 | (head[2] & 0xFF)];
            readFully(payload);
            take(new Frame(head[3], head[4], ByteBuffer.wrap(head).getInt(5) & Integer.MAX_VALUE, payload));
        } catch (Connection.GuardException e) {
            throw new UncheckedIOException(e);
        } catch (IOException e) {
            ended = true;
        }
    }

    private void readFully(byte[] into) throws IOException {
        int at = 0;
        while (at < into.length) {
            int count = connection.read(into, at, into.length - at);
            if (count < 0) {
                throw new EOFException();
            }
            at += count;
        }
    }

    private void take(Frame frame) {
        seen.addLast(frame);
        if (seen.size() > 64) {
            seen.removeFirst();
        }
        Http2ClientStream stream = stream(frame.stream());
        switch (frame.type()) {
            case DATA -> {
                stream.body.writeBytes(frame.payload);
                stream.complete = frame.has(END_STREAM);
                if (opensWindows && frame.payload.length > 0) {
                    windowUpdate(0, frame.payload.length);
                    if (!stream.complete) {
                        windowUpdate(frame.stream(), frame.payload.length);
                    }
                }
            }
            case HEADERS -> head(stream, frame);
            case RST_STREAM -> stream.reset = frame.number(0);
            case SETTINGS -> {
                if (!frame.has(ACK)) {
                    frame(SETTINGS, ACK, 0, new byte[0]);
                }
            }
            case WINDOW_UPDATE -> stream.window += (int) frame.number(0);
            case GOAWAY -> {
                lastStream = (int) frame.number(0);
                goneAway = frame.number(4);
            }
            default -> {
            }
        }
    }

    private void head(Http2ClientStream stream, Frame frame) {
        List<RawField> fields = new ArrayList<>();
        int status = 0;
        ByteBuf block = Unpooled.wrappedBuffer(frame.payload);
        try {
            Http2Headers headers = decoder.decodeHeaders(frame.stream(), block);
            for (Map.Entry<CharSequence, CharSequence> field : headers) {
                if (field.getKey().toString().equals(":status")) {
                    status = Integer.parseInt(field.getValue().toString());
                } else {
                    fields.add(new RawField(field.getKey().toString(), field.getValue().toString()));
                }
            }
        } catch (Http2Exception e) {
            throw new IllegalStateException("the head can't be decoded", e);
        } finally {
            block.release();
        }
        stream.head(status, fields, frame.has(END_STREAM));
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
