package io.tidegate.tests.grpcjson;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.tidegate.tests.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The service of `examples/library.proto`, by grpc-java. Every method notes its request and gives an answer made for
/// it; what cannot be found is named `…/missing`.
final class LibraryServer implements AutoCloseable {

    private static final int GUARD_SECONDS = 30;

    private final ServiceDescriptor service = read();
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final Semaphore permits = new Semaphore(0);
    private final Server server;

    private LibraryServer() {
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service.getFullName());
        for (MethodDescriptor method : service.getMethods()) {
            if (method.isServerStreaming()) {
                definition.addMethod(grpc(method), ServerCalls.<DynamicMessage, DynamicMessage>asyncServerStreamingCall(
                        (request, out) -> stream(method, request, out)));
            } else {
                definition.addMethod(grpc(method), ServerCalls.<DynamicMessage, DynamicMessage>asyncUnaryCall(
                        (request, out) -> answer(method, request, out)));
            }
        }
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(definition.build()).build().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static LibraryServer start() {
        return new LibraryServer();
    }

    static Path descriptors() {
        return Project.root().resolve("examples/library.pb");
    }

    private static ServiceDescriptor read() {
        try {
            Map<String, FileDescriptor> built = new HashMap<>();
            FileDescriptor last = null;
            // protoc writes what is imported before what imports it.
            for (FileDescriptorProto file : FileDescriptorSet.parseFrom(Files.readAllBytes(descriptors()))
                    .getFileList()) {
                last = FileDescriptor.buildFrom(file,
                        file.getDependencyList().stream().map(built::get).toArray(FileDescriptor[]::new));
                built.put(file.getName(), last);
            }
            if (last == null) {
                throw new AssertionError("no file in " + descriptors());
            }
            return last.findServiceByName("Library");
        } catch (IOException | DescriptorValidationException e) {
            throw new AssertionError(e);
        }
    }

    private static io.grpc.MethodDescriptor<DynamicMessage, DynamicMessage> grpc(MethodDescriptor method) {
        return io.grpc.MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
                .setType(method.isServerStreaming() ? MethodType.SERVER_STREAMING : MethodType.UNARY)
                .setFullMethodName(method.getService().getFullName() + "/" + method.getName())
                .setRequestMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getInputType())))
                .setResponseMarshaller(ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(method.getOutputType())))
                .build();
    }

    /// A method as grpc-java calls it.
    io.grpc.MethodDescriptor<DynamicMessage, DynamicMessage> method(String name) {
        return grpc(service.findMethodByName(name));
    }

    /// A message of the type that a method takes.
    DynamicMessage request(String method, String json) {
        return message(DynamicMessage.newBuilder(service.findMethodByName(method).getInputType()), json);
    }

    String url() {
        return "http://127.0.0.1:" + server.getPort();
    }

    /// The calls that came, with their requests as JSON.
    List<String> calls() {
        return calls;
    }

    /// Lets a stream go on by this many messages.
    void permit(int messages) {
        permits.release(messages);
    }

    private static DynamicMessage message(DynamicMessage.Builder builder, String json) {
        try {
            JsonFormat.parser().merge(json, builder);
            return builder.build();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private String note(MethodDescriptor method, DynamicMessage request) {
        try {
            String json = JsonFormat.printer().omittingInsignificantWhitespace().print(request);
            calls.add(method.getName() + " " + json);
            return json;
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private void answer(MethodDescriptor method, DynamicMessage request, StreamObserver<DynamicMessage> out) {
        String json = note(method, request);
        if (json.contains("/missing")) {
            out.onError(Status.NOT_FOUND.withDescription("no book \"missing\"").asRuntimeException());
            return;
        }
        String answer = switch (method.getName()) {
            case "ListBooks" -> "{\"books\":[{\"name\":\"a\"},{\"name\":\"b\"}]}";
            case "DeleteBook" -> "{}";
            case "CountBooks" -> "{\"count\":\"9007199254740993\"}";
            default ->
                "{\"name\":\"shelves/1/books/2\",\"title\":\"Tides\",\"copies\":\"3\",\"binding\":\"HARDCOVER\"}";
        };
        out.onNext(message(DynamicMessage.newBuilder(method.getOutputType()), answer));
        out.onCompleted();
    }

    private void stream(MethodDescriptor method, DynamicMessage request, StreamObserver<DynamicMessage> out) {
        boolean fails = note(method, request).contains("\"pageSize\":13");
        List<String> names = List.of("a", "b", "c");
        for (String name : names) {
            try {
                if (!permits.tryAcquire(GUARD_SECONDS, TimeUnit.SECONDS)) {
                    throw new AssertionError("nobody wanted the next book");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
            out.onNext(message(DynamicMessage.newBuilder(method.getOutputType()), "{\"name\":\"" + name + "\"}"));
            if (fails) {
                out.onError(Status.DATA_LOSS.withDescription("the shelf fell").asRuntimeException());
                return;
            }
        }
        out.onCompleted();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
