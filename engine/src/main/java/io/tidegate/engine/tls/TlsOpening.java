package io.tidegate.engine.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.tidegate.engine.observe.WorkerCells;
import io.tidegate.engine.worker.FirstBytesHandler;
import io.tidegate.engine.worker.Worker;
import java.net.InetSocketAddress;
import java.security.cert.CertificateEncodingException;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection until TLS stands.
///
/// ```
/// client's first message ─ read whole ─▶ name, version, protocol ─ something fits ─▶ handshake ─▶ Owner.secured
///          │                                       │                                    │
///          └──────────── too long, too late, malformed, nothing fits: counted, closed ◀─┘
/// ```
///
public final class TlsOpening extends FirstBytesHandler {

    private static final Logger LOG = LoggerFactory.getLogger(TlsOpening.class);

    private final Supplier<@Nullable TlsHosts> hosts;
    private final WorkerCells cells;
    private final Owner owner;
    private final ClientHelloReader reader = new ClientHelloReader();
    private final long startedMillis = System.currentTimeMillis();
    private @Nullable SslHandler tls;
    private @Nullable String serverName;
    private String policy = "";
    /// Whether an authority looks whether a name leads here, which is all that it may.
    private boolean proving;

    /// Takes the connection over.
    @FunctionalInterface
    public interface Owner {

        /// Both sides agree. What comes from here on goes to whatever is added behind `ctx`, whose handler is removed
        /// then.
        void secured(ChannelHandlerContext ctx, TlsConnection connection);
    }

    /// A handler for one connection.
    ///
    /// @param hosts
    ///            those of the moment; null where nothing is served any more. Asked for once the client has said what it
    ///            wants, and not kept: what is replaced meanwhile is let go of.
    public TlsOpening(Supplier<@Nullable TlsHosts> hosts, Worker worker, WorkerCells cells, Owner owner) {
        super(worker);
        this.hosts = hosts;
        this.cells = cells;
        this.owner = owner;
    }

    @Override
    protected void read(ChannelHandlerContext ctx, ByteBuf all) {
        try {
            ClientHello hello = reader.read(all);
            if (hello != null) {
                begin(ctx, hello);
            }
        } catch (RefusedHelloException e) {
            failed(e.reason(), e);
            refuse();
            ctx.writeAndFlush(e.alert().record()).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void begin(ChannelHandlerContext ctx, ClientHello hello) throws RefusedHelloException {
        String address = ctx.channel().localAddress() instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress()
                : "";
        TlsHosts served = hosts.get();
        if (served == null) {
            throw new RefusedHelloException(Alert.UNRECOGNIZED_NAME, "gone");
        }
        SslHandler handler = served.challenges().handler(hello, ctx.alloc());
        if (handler == null) {
            TlsHosts.Host host = served.choose(hello, address);
            handler = host.choose(hello).handler(ctx.alloc());
            policy = host.policy();
        } else {
            proving = true;
        }
        tls = handler;
        serverName = hello.serverName();
        ctx.pipeline().addBefore(ctx.name(), null, handler);
        ChannelHandlerContext ssl = ctx.pipeline().context(handler);
        ByteBuf all = take();
        if (all != null) {
            try {
                handler.channelRead(ssl, all);
            } catch (Exception e) {
                ctx.fireExceptionCaught(e);
            }
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
            ctx.fireUserEventTriggered(event);
        } else if (!handshake.isSuccess()) {
            failed(reason(handshake.cause()), handshake.cause());
        } else if (end()) {
            if (proving) {
                ctx.close();
                return;
            }
            try {
                TlsConnection connection = connection();
                cells.tlsHandshake(connection.client().version(), connection.resumed());
                owner.secured(ctx, connection);
                ctx.pipeline().remove(this);
            } catch (CertificateEncodingException e) {
                TlsClosing.cut(ctx);
            }
        }
    }

    private TlsConnection connection() throws CertificateEncodingException {
        SslHandler handler = tls;
        if (handler == null) {
            throw new IllegalStateException("a handshake ends only after it has begun");
        }
        return TlsConnection.of(handler, serverName, policy, startedMillis);
    }

    /// A short constant for what went wrong, as it is counted.
    public static String reason(Throwable cause) {
        StringBuilder text = new StringBuilder();
        for (Throwable deeper = cause; deeper != null; deeper = deeper.getCause()) {
            text.append(deeper.getClass().getSimpleName()).append(' ').append(deeper.getMessage()).append(' ');
        }
        String all = text.toString().toLowerCase(Locale.ROOT);
        if (all.contains("did_not_return_a_certificate") || all.contains("empty client certificate")) {
            return "certificate_missing";
        }
        if (all.contains("certpath") || all.contains("certificateexception") || all.contains("validatorexception")
                || all.contains("certificate_verify_failed")) {
            return "certificate_refused";
        }
        if (all.contains("closed")) {
            return "client_closed";
        }
        if (all.contains("alert")) {
            return "client_alert";
        }
        return all.contains("cipher") ? "cipher" : "other";
    }

    private void failed(String reason, Throwable cause) {
        if (end()) {
            cells.tlsFailed(reason);
            LOG.debug("TLS handshake failed ({}): {}", reason, cause.getMessage());
        }
    }

    @Override
    protected void late(ChannelHandlerContext ctx) {
        cells.tlsFailed("timeout");
        TlsClosing.cut(ctx);
    }

    @Override
    protected void closed(ChannelHandlerContext ctx) {
        cells.tlsFailed("client_closed");
    }
}
