package io.tidegate.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInitializer;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamResetException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// One stream of an [Http3Client]: what is sent goes out as it is, what comes is kept.
final class Http3ClientStream extends ChannelInboundHandlerAdapter {

    private static final long GUARD_NANOS = 30_000_000_000L;

    private final QuicStreamChannel channel;
    private final AtomicLong sent = new AtomicLong();
    private final List<Integer> interim = new ArrayList<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status;
    private List<RawField> fields = List.of();
    private List<RawField> trailers = List.of();
    private long reset = -1;
    private boolean complete;
    private boolean closed;

    private Http3ClientStream(QuicStreamChannel channel) {
        this.channel = channel;
    }

    static Http3ClientStream open(QuicChannel connection) {
        Future<QuicStreamChannel> opening = Http3.newRequestStream(connection, new Http3RequestStreamInitializer() {
            @Override
            protected void initRequestStream(QuicStreamChannel stream) {
                stream.pipeline().addLast(new Http3ClientStream(stream));
            }
        }).awaitUninterruptibly();
        if (!opening.isSuccess()) {
            throw new UncheckedIOException(new IOException("no stream: " + opening.cause(), opening.cause()));
        }
        return opening.getNow().pipeline().get(Http3ClientStream.class);
    }

    // What goes out.

    /// The bytes of a frame.
    static byte[] frame(long type, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        number(out, type);
        number(out, payload.length);
        out.writeBytes(payload);
        return out.toByteArray();
    }

    /// A number of variable length (RFC 9000 §16), in as few bytes as it takes.
    private static void number(ByteArrayOutputStream out, long value) {
        int bytes = value < 64 ? 1 : value < 16_384 ? 2 : value < 1L << 30 ? 4 : 8;
        int mark = bytes == 1 ? 0 : bytes == 2 ? 0x40 : bytes == 4 ? 0x80 : 0xC0;
        for (int i = bytes - 1; i >= 0; i--) {
            int b = (int) (value >>> (8 * i)) & 0xFF;
            out.write(i == bytes - 1 ? b | mark : b);
        }
    }

    /// A field section: names and values in turn, as literals (RFC 9204 §4.5.6).
    static byte[] block(String... fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0);
        out.write(0);
        for (int i = 0; i < fields.length; i += 2) {
            text(out, fields[i], 0x20, 3);
            text(out, fields[i + 1], 0, 7);
        }
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text, int mark, int prefix) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int most = (1 << prefix) - 1;
        int length = bytes.length;
        if (length < most) {
            out.write(mark | length);
        } else {
            out.write(mark | most);
            length -= most;
            while (length >= 128) {
                out.write(length % 128 + 128);
                length /= 128;
            }
            out.write(length);
        }
        out.writeBytes(bytes);
    }

    /// Sends bytes past the codec.
    void send(ByteBuf bytes, boolean end) {
        ChannelFuture last = write(bytes);
        if (end) {
            last.addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
        }
    }

    /// Sends bytes, and waits until they are let out.
    ///
    /// @return whether they are
    boolean sendNow(ByteBuf bytes) {
        return write(bytes).awaitUninterruptibly().isSuccess();
    }

    private ChannelFuture write(ByteBuf bytes) {
        int length = bytes.readableBytes();
        return channel.pipeline().firstContext().writeAndFlush(bytes).addListener(done -> {
            if (done.isSuccess()) {
                sent.addAndGet(length);
            }
        });
    }

    long sent() {
        return sent.get();
    }

    void reset(int error) {
        channel.shutdown(error).awaitUninterruptibly();
    }

    void stop(int error) {
        channel.shutdownInput(error).awaitUninterruptibly();
    }

    void reads(boolean on) {
        channel.config().setAutoRead(on);
    }

    // What comes in.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            synchronized (this) {
                switch (message) {
                    case Http3HeadersFrame head -> head(head.headers());
                    case Http3DataFrame data -> {
                        byte[] bytes = new byte[data.content().readableBytes()];
                        data.content().readBytes(bytes);
                        body.writeBytes(bytes);
                    }
                    default -> {
                    }
                }
                notifyAll();
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void head(Http3Headers headers) {
        List<RawField> all = new ArrayList<>();
        int code = 0;
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            if (field.getKey().toString().equals(":status")) {
                code = Integer.parseInt(field.getValue().toString());
            } else {
                all.add(new RawField(field.getKey().toString(), field.getValue().toString()));
            }
        }
        if (code >= 100 && code < 200) {
            interim.add(code);
        } else if (status == 0) {
            status = code;
            fields = all;
        } else {
            trailers = all;
        }
    }

    @Override
    public synchronized void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            complete = true;
            notifyAll();
        }
    }

    @Override
    public synchronized void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof QuicStreamResetException ended) {
            reset = ended.applicationProtocolCode();
        } else {
            closed = true;
        }
        notifyAll();
    }

    @Override
    public synchronized void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        notifyAll();
    }

    private boolean isOver() {
        return complete || reset >= 0 || closed;
    }

    synchronized Http2Response awaitEnd() {
        await(this, this::isOver, "a stream of HTTP/3 to end");
        return state();
    }

    synchronized Http2Response awaitHead() {
        await(this, () -> status != 0 || isOver(), "a head on a stream of HTTP/3");
        return state();
    }

    synchronized Http2Response state() {
        return new Http2Response(status, List.copyOf(interim), fields, body.toString(StandardCharsets.ISO_8859_1),
                trailers, reset, complete && reset < 0);
    }

    /// Waits on a monitor that is held.
    static void await(Object monitor, BooleanSupplier condition, String what) {
        long end = System.nanoTime() + GUARD_NANOS;
        try {
            while (!condition.getAsBoolean()) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new AssertionError("waited too long for " + what);
                }
                monitor.wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, e);
        }
    }
}
