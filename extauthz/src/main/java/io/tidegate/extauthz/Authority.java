package io.tidegate.extauthz;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.tidegate.api.ConfigException;
import io.tidegate.api.FilePath;
import io.tidegate.api.HttpClientConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The service that decides, over one connection of HTTP/2. Calls share it; how many run at a time, how long one takes
/// and how large an answer is, is bounded.
final class Authority implements AutoCloseable {

    private static final int MOST_METADATA = 16_384;
    private static final long KEEP_ALIVE_SECONDS = 30;
    private static final long AGAIN_NANOS = 1_000_000_000;

    private static final MethodDescriptor<byte[], byte[]> CHECK = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("envoy.service.auth.v3.Authorization/Check").setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes()).build();

    private final HttpClientConfig settings;
    private final ManagedChannel channel;
    private final Semaphore calls;
    private final AtomicLong reset = new AtomicLong(System.nanoTime());

    /// Messages as the bytes that they are.
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    Authority(URI url, HttpClientConfig settings) {
        this.settings = settings;
        this.calls = new Semaphore(settings.maxCalls());
        boolean secure = "https".equals(url.getScheme());
        int port = url.getPort() > 0 ? url.getPort() : secure ? 443 : 80;
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(url.getHost(), port).directExecutor()
                .disableRetry().maxInboundMessageSize((int) settings.maxBody().bytes())
                .maxInboundMetadataSize(MOST_METADATA).keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) settings.connectTimeout().toMillis());
        if (secure) {
            builder.useTransportSecurity();
            tls(builder);
        } else {
            builder.usePlaintext();
        }
        this.channel = builder.build();
    }

    private void tls(NettyChannelBuilder builder) {
        try {
            SslContextBuilder tls = GrpcSslContexts.forClient();
            FilePath ca = settings.ca();
            FilePath cert = settings.cert();
            FilePath key = settings.key();
            if (ca != null) {
                tls.trustManager(ca.path().toFile());
            }
            if (cert != null && key != null) {
                tls.keyManager(cert.path().toFile(), key.path().toFile());
            }
            builder.sslContext(tls.build());
        } catch (SSLException | IllegalArgumentException e) {
            throw new ConfigException("http", "can't use a file of it: " + e.getMessage());
        }
    }

    /// Asks. Never blocks; fails where there is no answer in time, and where too many calls run already.
    CompletionStage<Verdict> check(byte[] question) {
        CompletableFuture<Verdict> result = new CompletableFuture<>();
        if (!calls.tryAcquire()) {
            result.completeExceptionally(
                    new IOException("more than " + settings.maxCalls() + " calls at a time would be made"));
            return result;
        }
        result.whenComplete((_, _) -> calls.release());
        ClientCall<byte[], byte[]> call = channel.newCall(CHECK,
                CallOptions.DEFAULT.withDeadlineAfter(settings.timeout().toNanos(), TimeUnit.NANOSECONDS));
        try {
            call.start(new Answer(result), new Metadata());
            call.request(2);
            call.sendMessage(question);
            call.halfClose();
        } catch (RuntimeException e) {
            call.cancel("it could not be asked", e);
            result.completeExceptionally(e);
        }
        return result;
    }

    /// Waits for the answer to a call.
    private final class Answer extends ClientCall.Listener<byte[]> {

        private final CompletableFuture<Verdict> result;
        private byte @Nullable [] message;

        Answer(CompletableFuture<Verdict> result) {
            this.result = result;
        }

        @Override
        public void onMessage(byte[] received) {
            message = received;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            byte[] received = message;
            if (!status.isOk() || received == null) {
                reconnect(status);
                result.completeExceptionally(new IOException("no answer: " + status.getCode()
                        + (status.getDescription() == null ? "" : " " + status.getDescription())));
                return;
            }
            try {
                result.complete(Verdict.read(received));
            } catch (IOException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        }
    }

    /// A service that is back is found within a second, however long it was away.
    private void reconnect(Status status) {
        long now = System.nanoTime();
        long before = reset.get();
        if (status.getCode() == Status.Code.UNAVAILABLE && now - before > AGAIN_NANOS
                && reset.compareAndSet(before, now)) {
            channel.resetConnectBackoff();
        }
    }

    /// Calls that run fail.
    @Override
    public void close() {
        channel.shutdownNow();
    }
}
