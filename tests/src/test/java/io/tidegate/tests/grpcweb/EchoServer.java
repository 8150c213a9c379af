package io.tidegate.tests.grpcweb;

import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A service of grpc-java that sends back what it gets. Its messages are texts, not of protobuf: gRPC does not care.
///
/// | A message | is answered with |
/// |---|---|
/// | `fail` | NOT_FOUND and nothing else |
/// | `late` | itself, then RESOURCE_EXHAUSTED |
/// | anything else | itself; as a stream, each character by itself once [#permit] lets it |
///
final class EchoServer implements AutoCloseable {

    private static final Metadata.Key<String> COST = Metadata.Key.of("x-cost", Metadata.ASCII_STRING_MARSHALLER);
    private static final int GUARD_SECONDS = 30;

    private final List<Metadata> heads = new CopyOnWriteArrayList<>();
    private final Semaphore permits = new Semaphore(0);
    private final Server server;

    private EchoServer() {
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .intercept(new Recorder())
                    .addService(ServerServiceDefinition.builder("test.Echo")
                            .addMethod(method(MethodType.UNARY, "Say"), ServerCalls.asyncUnaryCall(this::say))
                            .addMethod(method(MethodType.SERVER_STREAMING, "Spell"),
                                    ServerCalls.asyncServerStreamingCall(this::spell))
                            .build())
                    .build().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static EchoServer start() {
        return new EchoServer();
    }

    static MethodDescriptor<String, String> method(MethodType type, String name) {
        return MethodDescriptor.<String, String>newBuilder().setType(type)
                .setFullMethodName("test.Echo/" + name).setRequestMarshaller(new Texts())
                .setResponseMarshaller(new Texts()).build();
    }

    String url() {
        return "http://127.0.0.1:" + server.getPort();
    }

    /// Lets a stream go on by this many characters.
    void permit(int characters) {
        permits.release(characters);
    }

    /// A field of the head of the last call, null where it had none.
    @Nullable
    String field(String name) {
        return heads.getLast().get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    private void say(String message, StreamObserver<String> out) {
        if (message.equals("fail")) {
            out.onError(Status.NOT_FOUND.withDescription("no such thing: ü").asRuntimeException());
            return;
        }
        out.onNext(message);
        if (message.equals("late")) {
            out.onError(Status.RESOURCE_EXHAUSTED.withDescription("enough").asRuntimeException());
        } else {
            out.onCompleted();
        }
    }

    private void spell(String message, StreamObserver<String> out) {
        for (char c : message.toCharArray()) {
            try {
                if (!permits.tryAcquire(GUARD_SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError("nobody wanted the next character");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
            out.onNext(String.valueOf(c));
        }
        out.onCompleted();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class Recorder implements ServerInterceptor {

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata head,
                ServerCallHandler<Q, A> next) {
            heads.add(head);
            return next.startCall(new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
                @Override
                public void close(Status status, Metadata trailers) {
                    trailers.put(COST, "3");
                    super.close(status, trailers);
                }
            }, head);
        }
    }

    private static final class Texts implements MethodDescriptor.Marshaller<String> {

        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.ISO_8859_1));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
