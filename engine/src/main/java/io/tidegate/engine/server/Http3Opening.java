package io.tidegate.engine.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.ssl.SniCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.tidegate.engine.exchange.ListenerSnapshot;
import io.tidegate.engine.observe.WorkerCells;
import io.tidegate.engine.tls.TlsConnection;
import io.tidegate.engine.tls.TlsOpening;
import io.tidegate.engine.upstream.ClientConnection;
import io.tidegate.engine.wire.Origin;
import io.tidegate.engine.worker.Deadlines.Deadline;
import io.tidegate.engine.worker.Worker;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A QUIC connection until its handshake is over: let in or not, timed, and then handed on to [Http3ServerHandler].
final class Http3Opening extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Http3Opening.class);
    /// The alert `certificate_required`, as QUIC tells of alerts (RFC 9001 §4.8).
    private static final int CERTIFICATE_REQUIRED = 0x100 + 116;

    private final QuicListener.Socket socket;
    private final Worker worker;
    private final Deadline deadline = new Deadline(this::onDeadline);
    private final long startedMillis = System.currentTimeMillis();
    private @Nullable QuicChannel channel;
    private @Nullable ClientConnection client;
    private @Nullable WorkerCells cells;
    private @Nullable String serverName;
    private boolean over;

    /// An opening of a connection that came on this socket.
    Http3Opening(QuicListener.Socket socket) {
        this.socket = socket;
        this.worker = socket.worker();
    }

    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        QuicChannel opened = (QuicChannel) ctx.channel();
        channel = opened;
        ListenerSnapshot current = socket.taking();
        WorkerCells admitted = current == null ? null : socket.admit(opened, current);
        if (current == null || admitted == null) {
            over = true;
            ctx.close();
            return;
        }
        cells = admitted;
        // From here on it is known by this address, wherever it moves.
        client = new ClientConnection(Origin.ofSocket(opened.remoteSocketAddress(), opened.localSocketAddress()));
        socket.handshakeBegins();
        opened.closeFuture().addListener(closed -> failed("client_closed", null));
        worker.deadlines().refresh();
        worker.deadlines().set(deadline, current.config().timeouts().firstByte().toNanos());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        switch (event) {
            case SniCompletionEvent name -> serverName = name.hostname();
            case SslHandshakeCompletionEvent handshake when handshake.isSuccess() -> secured(ctx);
            case SslHandshakeCompletionEvent handshake ->
                failed(TlsOpening.reason(handshake.cause()), handshake.cause());
            case QuicConnectionCloseEvent close when close.isTlsError() -> failed("client_alert", null);
            default -> {
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private void secured(ChannelHandlerContext ctx) {
        QuicChannel opened = channel;
        ClientConnection known = client;
        WorkerCells counted = cells;
        if (over || opened == null || known == null || counted == null) {
            return;
        }
        ListenerSnapshot current = socket.taking();
        try {
            TlsConnection secured = socket.names().secured(opened.sslEngine(), serverName, startedMillis);
            if (current == null) {
                ctx.close();
                return;
            }
            end();
            counted.tlsHandshake(secured.client().version(), secured.resumed());
            socket.serve(opened, known, current, secured);
            ctx.pipeline().remove(this);
        } catch (GeneralSecurityException e) {
            failed("certificate_refused", e);
            opened.close(false, CERTIFICATE_REQUIRED, Unpooled.EMPTY_BUFFER);
        }
    }

    private void end() {
        over = true;
        worker.deadlines().remove(deadline);
        socket.handshakeEnds();
    }

    private void failed(String reason, @Nullable Throwable cause) {
        WorkerCells counted = cells;
        if (!over && counted != null) {
            end();
            counted.tlsFailed(reason);
            LOG.debug("QUIC handshake failed ({}): {}", reason, cause == null ? "closed" : cause.getMessage());
        }
    }

    private void onDeadline() {
        QuicChannel opened = channel;
        if (!over && opened != null) {
            failed("timeout", null);
            opened.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof SSLException) {
            failed(TlsOpening.reason(cause), cause);
            ctx.close();
        } else {
            // A packet that can't be read is no end: the handshake goes on, counts as open, and has its time.
            LOG.debug("a packet of a QUIC handshake could not be read: {}", cause.toString());
        }
    }
}
