package io.tidegate.tests.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import io.tidegate.testkit.RawClient;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/// A client that goes on with whatever session it has, under any name. The JDK's does not: it asks for the name of the
/// session again.
final class SessionThief implements AutoCloseable {

    private final SslContext context;
    private final SocketAddress address;

    SessionThief(Authority authority, SocketAddress address) {
        this.address = address;
        try {
            context = SslContextBuilder.forClient().sslProvider(SslProvider.OPENSSL_REFCNT).protocols("TLSv1.3")
                    .trustManager(authority.certificate()).endpointIdentificationAlgorithm(null).build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The status of a request under this name, 0 where the gateway does not talk at all.
    int status(String name) {
        SSLEngine engine = context.newEngine(ByteBufAllocator.DEFAULT, "one.peer", 443);
        try {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            engine.setSSLParameters(parameters);
            try (RawClient client = RawClient.secure(address, engine)) {
                return client.exchange("GET / HTTP/1.1\r\nHost: " + name + "\r\n\r\n").status();
            }
        } catch (UncheckedIOException e) {
            return 0;
        } finally {
            ReferenceCountUtil.release(engine);
        }
    }

    @Override
    public void close() {
        ReferenceCountUtil.release(context);
    }
}
