package io.tidegate.tests;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Methods of gRPC whose messages are bytes.
public final class GrpcMethods {

    private static final Marshaller<byte[]> BYTES = new Marshaller<>() {

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
    };

    private GrpcMethods() {
    }

    /// A method.
    ///
    /// @param name
    ///            with its service: `shop.Orders/Get`
    public static MethodDescriptor<byte[], byte[]> of(MethodType type, String name) {
        return MethodDescriptor.newBuilder(BYTES, BYTES).setType(type).setFullMethodName(name).build();
    }
}
