package io.tidegate.tests.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.tidegate.tests.GrpcMethods;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The service of gRPC's interoperability tests, with messages of our own: those of the original come from a generator.
final class InteropService {

    static final String NAME = "grpc.testing.TestService";
    static final Metadata.Key<String> ECHO = Metadata.Key.of("x-grpc-test-echo-initial",
            Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<byte[]> ECHO_BEHIND = Metadata.Key.of("x-grpc-test-echo-trailing-bin",
            Metadata.BINARY_BYTE_MARSHALLER);

    private InteropService() {
    }

    /// What a request asks for.
    ///
    /// @param sizes
    ///            of the messages to answer with, in bytes; none for silence
    /// @param payload
    ///            to carry
    /// @param code
    ///            of the status to end with
    /// @param message
    ///            of that status
    /// @param compressed
    ///            whether the answer is to be compressed
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Ask(List<Integer> sizes, byte[] payload, int code, String message, boolean compressed) {

        static Ask of(int payload, Integer... sizes) {
            return new Ask(List.of(sizes), new byte[payload], 0, "", false);
        }

        static Ask failing(int code, String message) {
            return new Ask(List.of(), new byte[0], code, message, false);
        }

        Ask inCompressed() {
            return new Ask(sizes, payload, code, message, true);
        }

        byte[] bytes() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (DataOutputStream out = new DataOutputStream(bytes)) {
                out.writeInt(sizes.size());
                for (int size : sizes) {
                    out.writeInt(size);
                }
                out.writeInt(payload.length);
                out.write(payload);
                out.writeInt(code);
                out.writeUTF(message);
                out.writeBoolean(compressed);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return bytes.toByteArray();
        }

        static Ask read(byte[] bytes) {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
                List<Integer> sizes = new ArrayList<>();
                for (int i = in.readInt(); i > 0; i--) {
                    sizes.add(in.readInt());
                }
                return new Ask(sizes, in.readNBytes(in.readInt()), in.readInt(), in.readUTF(), in.readBoolean());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static ServerServiceDefinition definition() {
        return ServerInterceptors.intercept(ServerServiceDefinition.builder(NAME)
                .addMethod(GrpcMethods.of(MethodType.UNARY, NAME + "/EmptyCall"),
                        ServerCalls.asyncUnaryCall((request, out) -> {
                            out.onNext(request);
                            out.onCompleted();
                        }))
                .addMethod(GrpcMethods.of(MethodType.UNARY, NAME + "/UnaryCall"),
                        ServerCalls.asyncUnaryCall((request, out) -> answer(Ask.read(request), out, true)))
                .addMethod(GrpcMethods.of(MethodType.SERVER_STREAMING, NAME + "/StreamingOutputCall"),
                        ServerCalls.asyncServerStreamingCall((request, out) -> answer(Ask.read(request), out, true)))
                .addMethod(GrpcMethods.of(MethodType.CLIENT_STREAMING, NAME + "/StreamingInputCall"),
                        ServerCalls.asyncClientStreamingCall(Summing::new))
                .addMethod(GrpcMethods.of(MethodType.BIDI_STREAMING, NAME + "/FullDuplexCall"),
                        ServerCalls.asyncBidiStreamingCall(Answering::new))
                .build(), new Echo());
    }

    private static void answer(Ask ask, StreamObserver<byte[]> out, boolean last) {
        if (ask.code() != 0) {
            out.onError(Status.fromCodeValue(ask.code()).withDescription(ask.message()).asRuntimeException());
            return;
        }
        if (ask.compressed()) {
            ((ServerCallStreamObserver<byte[]>) out).setCompression("gzip");
        }
        for (int size : ask.sizes()) {
            out.onNext(new byte[size]);
        }
        if (last) {
            out.onCompleted();
        }
    }

    /// Adds up the lengths of what comes.
    private static final class Summing implements StreamObserver<byte[]> {

        private final StreamObserver<byte[]> out;
        private int sum;

        Summing(StreamObserver<byte[]> out) {
            this.out = out;
        }

        @Override
        public void onNext(byte[] message) {
            sum += Ask.read(message).payload().length;
        }

        @Override
        public void onError(Throwable failure) {
            // The caller is gone.
        }

        @Override
        public void onCompleted() {
            out.onNext(Ask.of(0, sum).bytes());
            out.onCompleted();
        }
    }

    /// Answers each message as it comes.
    private record Answering(StreamObserver<byte[]> out) implements StreamObserver<byte[]> {

        @Override
        public void onNext(byte[] message) {
            answer(Ask.read(message), out, false);
        }

        @Override
        public void onError(Throwable failure) {
            // The caller is gone.
        }

        @Override
        public void onCompleted() {
            out.onCompleted();
        }
    }

    /// Sends metadata back.
    private static final class Echo implements ServerInterceptor {

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
                ServerCallHandler<Q, A> next) {
            return next.startCall(new SimpleForwardingServerCall<>(call) {

                @Override
                public void sendHeaders(Metadata responseHeaders) {
                    copy(headers, ECHO, responseHeaders);
                    super.sendHeaders(responseHeaders);
                }

                @Override
                public void close(Status status, Metadata trailers) {
                    copy(headers, ECHO_BEHIND, trailers);
                    super.close(status, trailers);
                }
            }, headers);
        }

        private static <T> void copy(Metadata from, Metadata.Key<T> key, Metadata to) {
            @Nullable
            T value = from.get(key);
            if (value != null) {
                to.put(key, value);
            }
        }
    }
}
