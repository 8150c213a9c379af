package io.tidegate.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// HTTP/2 (RFC 9113) from a service's side, on a connection of a [TestUpstream]: reads requests, and sends exactly the
/// frames that it is told to. Used by the thread of that connection.
public final class Http2Service {

    private static final int PREFACE_LENGTH = 24;
    private static final int LARGEST_FRAME = 16_384;

    private final UpstreamConnection connection;
    private final InputStream in;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
    private final Map<Integer, Incoming> incoming = new HashMap<>();
    private final Map<Integer, Integer> windows = new HashMap<>();
    private final Map<Integer, Integer> resets = new HashMap<>();
    private final ArrayDeque<Request> heads = new ArrayDeque<>();
    private final ArrayDeque<Request> requests = new ArrayDeque<>();
    private int initialWindow = 65_535;
    private int resetCount;
    private int answeredPings;
    private boolean goneAway;
    private boolean opensWindows = true;

    /// A request.
    ///
    /// @param stream
    ///            on which it came
    /// @param fields
    ///            its fields in their order, pseudo-header fields too
    /// @param body
    ///            as ISO-8859-1; empty where only the head was read
    /// @param headBytes
    ///            length of its compressed fields, trailers included
    public record Request(int stream, List<RawField> fields, String body, int headBytes) {

        /// The value of the first field of this name, or null.
        public @Nullable String field(String name) {
            return fields.stream().filter(field -> field.name().equals(name)).map(RawField::value).findFirst()
                    .orElse(null);
        }
    }

    private static final class Incoming {

        private final List<RawField> fields = new ArrayList<>();
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private int headBytes;
        private boolean complete;
    }

    private Http2Service(UpstreamConnection connection) {
        this.connection = connection;
        this.in = connection.input();
        windows.put(0, initialWindow);
    }

    /// Takes the preface of a connection and sends settings, as identifier and value.
    public static Http2Service accept(UpstreamConnection connection, int... settings) throws IOException {
        Http2Service service = new Http2Service(connection);
        service.exactly(PREFACE_LENGTH);
        ByteBuffer payload = ByteBuffer.allocate(settings.length * 3);
        for (int i = 0; i < settings.length; i += 2) {
            payload.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        service.frame(Http2Client.SETTINGS, 0, 0, payload.array());
        return service;
    }

    /// What a service does with a request.
    @FunctionalInterface
    public interface Handler {

        /// Answers it, or does not.
        void handle(Http2Service service, Request request) throws IOException;
    }

    /// A script that hands over one whole request after the other.
    public static TestUpstream.Script serving(Handler handler, int... settings) {
        return connection -> {
            Http2Service service = accept(connection, settings);
            for (Request next = service.request(); next != null; next = service.request()) {
                handler.handle(service, next);
            }
        };
    }

    /// Gives the gateway no room for more data from here on.
    public Http2Service keepsWindowsShut() {
        opensWindows = false;
        return this;
    }

    /// The next request whole; null where the connection ended instead.
    public @Nullable Request request() throws IOException {
        while (requests.isEmpty() && take()) {
            // What was taken may have been another frame.
        }
        return requests.poll();
    }

    /// The head of the next request; null where the connection ended instead.
    public @Nullable Request head() throws IOException {
        while (heads.isEmpty() && take()) {
            // What was taken may have been another frame.
        }
        return heads.poll();
    }

    /// What comes on a stream behind a head that was read, as it comes; it ends with the stream, however that ends.
    public InputStream input(int stream) {
        Incoming from = incoming.get(stream);
        if (from == null) {
            throw new IllegalStateException("the request on stream " + stream + " is complete");
        }
        return new PartsInput(from.body, () -> !from.complete && !resets.containsKey(stream) && take());
    }

    /// Waits until so many bytes of the body of a request have come that is not complete yet.
    ///
    /// @return whether they have; false where the request was complete or the connection ended before
    public boolean awaitBody(int stream, int length) throws IOException {
        Incoming request = incoming.get(stream);
        while (request != null && request.body.size() < length && take()) {
            request = incoming.get(stream);
        }
        return request != null && request.body.size() >= length;
    }

    /// Waits until the gateway resets this stream.
    ///
    /// @return the error code, or -1 where the connection ended instead
    public int awaitReset(int stream) throws IOException {
        while (!resets.containsKey(stream) && take()) {
            // What was taken may have been another frame.
        }
        return resets.getOrDefault(stream, -1);
    }

    /// Waits until the gateway has read all that was sent so far, and what it says to that has been read here.
    public void settle() throws IOException {
        int before = answeredPings;
        frame(Http2Client.PING, 0, 0, new byte[8]);
        while (answeredPings == before && take()) {
            // What was taken may have been another frame.
        }
    }

    /// How many times the gateway has reset a stream, as far as was read.
    public int resets() {
        return resetCount;
    }

    /// Waits until the gateway ends the connection.
    ///
    /// @return whether it said so by GOAWAY
    public boolean awaitEnd() throws IOException {
        while (take()) {
            // Until nothing comes any more.
        }
        return goneAway;
    }

    /// Answers with a body of this text.
    public void answer(Request request, int status, String body, String... fields) throws IOException {
        String[] all = Arrays.copyOf(new String[]{":status", String.valueOf(status)}, 2 + fields.length);
        System.arraycopy(fields, 0, all, 2, fields.length);
        headers(request.stream(), body.isEmpty(), all);
        if (!body.isEmpty()) {
            data(request.stream(), body, true);
        }
    }

    /// Sends a head in one frame: names and values in turn.
    public void headers(int stream, boolean end, String... fields) throws IOException {
        frame(Http2Client.HEADERS, Http2Client.END_HEADERS | (end ? Http2Client.END_STREAM : 0), stream,
                Http2Client.block(fields));
    }

    /// Sends a part of a body, in as many frames and as soon as the gateway's windows let it.
    public void data(int stream, String text, boolean end) throws IOException {
        data(stream, text.getBytes(StandardCharsets.ISO_8859_1), end);
    }

    /// Sends a part of a body, in as many frames and as soon as the gateway's windows let it.
    public void data(int stream, byte[] bytes, boolean end) throws IOException {
        int at = 0;
        do {
            int room = Math.min(Math.min(window(0), window(stream)), Math.min(LARGEST_FRAME, bytes.length - at));
            if (room <= 0 && bytes.length > 0) {
                if (!take()) {
                    throw new EOFException("the connection ended before the body");
                }
                continue;
            }
            windows.merge(0, -room, Integer::sum);
            windows.put(stream, window(stream) - room);
            byte[] part = Arrays.copyOfRange(bytes, at, at + room);
            at += room;
            frame(Http2Client.DATA, end && at == bytes.length ? Http2Client.END_STREAM : 0, stream, part);
        } while (at < bytes.length);
    }

    private int window(int stream) {
        return windows.computeIfAbsent(stream, id -> initialWindow);
    }

    /// Resets a stream.
    public void reset(int stream, int error) throws IOException {
        frame(Http2Client.RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(error).array());
    }

    /// Says that no stream behind this one is looked at.
    public void goAway(int lastStream, int error) throws IOException {
        frame(Http2Client.GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(lastStream).putInt(error).array());
    }

    /// Gives room for more data.
    public void windowUpdate(int stream, int bytes) throws IOException {
        frame(Http2Client.WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(bytes).array());
    }

    /// Sends a frame.
    public void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        connection.send(Http2Client.bytesOf(type, flags, stream, payload));
    }

    /// Takes a frame.
    ///
    /// @return false where the connection ended instead
    private boolean take() throws IOException {
        byte[] head = in.readNBytes(9);
        if (head.length < 9) {
            return false;
        }
        byte[] payload = exactly((head[0] & 0xFF) << 16 | (head[1] & 0xFF) << 8 | (head[2] & 0xFF));
        int stream = ByteBuffer.wrap(head).getInt(5) & Integer.MAX_VALUE;
        boolean end = (head[4] & Http2Client.END_STREAM) != 0;
        switch (head[3]) {
            case Http2Client.HEADERS -> head(stream, payload, end);
            case Http2Client.DATA -> received(stream, payload, end);
            case Http2Client.SETTINGS -> settings(payload, (head[4] & Http2Client.ACK) != 0);
            case Http2Client.WINDOW_UPDATE -> windows.put(stream, window(stream) + ByteBuffer.wrap(payload).getInt());
            case Http2Client.RST_STREAM -> {
                resets.put(stream, ByteBuffer.wrap(payload).getInt());
                resetCount++;
            }
            case Http2Client.GOAWAY -> goneAway = true;
            case Http2Client.PING -> answeredPings++;
            default -> {
            }
        }
        return true;
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private void settings(byte[] payload, boolean answer) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(payload);
        while (buffer.remaining() >= 6) {
            int identifier = buffer.getShort();
            int value = buffer.getInt();
            if (identifier == 4) {
                initialWindow = value;
            }
        }
        if (!answer) {
            frame(Http2Client.SETTINGS, Http2Client.ACK, 0, new byte[0]);
        }
    }

    private void head(int stream, byte[] payload, boolean end) throws IOException {
        Incoming request = incoming.computeIfAbsent(stream, id -> new Incoming());
        boolean first = request.fields.isEmpty();
        request.headBytes += payload.length;
        ByteBuf block = Unpooled.wrappedBuffer(payload);
        try {
            decoder.decodeHeaders(stream, block).forEach(field -> request.fields
                    .add(new RawField(field.getKey().toString(), field.getValue().toString())));
        } catch (Http2Exception e) {
            throw new MalformedMessageException("head", String.valueOf(e.getMessage()));
        } finally {
            block.release();
        }
        if (first) {
            heads.add(new Request(stream, List.copyOf(request.fields), "", payload.length));
        }
        if (end) {
            complete(stream);
        }
    }

    private void received(int stream, byte[] payload, boolean end) throws IOException {
        Incoming request = incoming.get(stream);
        if (request == null) {
            throw new MalformedMessageException("stream", "data before the head of " + stream);
        }
        request.body.writeBytes(payload);
        if (opensWindows && payload.length > 0) {
            windowUpdate(0, payload.length);
            if (!end) {
                windowUpdate(stream, payload.length);
            }
        }
        if (end) {
            complete(stream);
        }
    }

    private void complete(int stream) {
        Incoming request = incoming.remove(stream);
        if (request != null) {
            request.complete = true;
            requests.add(new Request(stream, List.copyOf(request.fields),
                    request.body.toString(StandardCharsets.ISO_8859_1), request.headBytes));
        }
    }
}
