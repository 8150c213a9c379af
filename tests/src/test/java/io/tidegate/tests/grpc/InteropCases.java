package io.tidegate.tests.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.tidegate.tests.GrpcMethods;
import io.tidegate.tests.grpc.InteropService.Ask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// The cases that implementations of gRPC are tried against each other with, by the names that gRPC's document
/// `interop-test-descriptions` gives them, for an [InteropService].
final class InteropCases {

    private static final MethodDescriptor<byte[], byte[]> EMPTY = unary("EmptyCall");
    private static final MethodDescriptor<byte[], byte[]> UNARY = unary("UnaryCall");
    private static final MethodDescriptor<byte[], byte[]> UNKNOWN_METHOD = unary("UnimplementedCall");
    private static final MethodDescriptor<byte[], byte[]> UNKNOWN_SERVICE = GrpcMethods.of(MethodType.UNARY,
            "grpc.testing.UnimplementedService/UnimplementedCall");
    private static final MethodDescriptor<byte[], byte[]> OUTPUT = GrpcMethods.of(MethodType.SERVER_STREAMING,
            InteropService.NAME + "/StreamingOutputCall");
    private static final MethodDescriptor<byte[], byte[]> INPUT = GrpcMethods.of(MethodType.CLIENT_STREAMING,
            InteropService.NAME + "/StreamingInputCall");
    private static final MethodDescriptor<byte[], byte[]> DUPLEX = GrpcMethods.of(MethodType.BIDI_STREAMING,
            InteropService.NAME + "/FullDuplexCall");
    private static final int[] SENT = {27182, 8, 1828, 45904};
    private static final Integer[] ASKED = {31415, 9, 2653, 58979};
    private static final int LARGE = 271828;
    private static final int LARGE_ANSWER = 314159;

    private final Channel channel;

    private InteropCases(Channel channel) {
        this.channel = channel;
    }

    private static MethodDescriptor<byte[], byte[]> unary(String name) {
        return GrpcMethods.of(MethodType.UNARY, InteropService.NAME + "/" + name);
    }

    /// Something to try.
    @FunctionalInterface
    private interface Case {
        void run(InteropCases on) throws Exception;
    }

    private static Map<String, Case> all() {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("empty_unary", InteropCases::emptyUnary);
        cases.put("large_unary", on -> on.largeUnary(Ask.of(LARGE, LARGE_ANSWER), CallOptions.DEFAULT));
        cases.put("client_compressed_unary", on -> on.largeUnary(Ask.of(LARGE, LARGE_ANSWER),
                CallOptions.DEFAULT.withCompression("gzip")));
        cases.put("server_compressed_unary", on -> on.largeUnary(Ask.of(LARGE, LARGE_ANSWER).inCompressed(),
                CallOptions.DEFAULT));
        cases.put("client_streaming", on -> on.clientStreaming(CallOptions.DEFAULT));
        cases.put("client_compressed_streaming",
                on -> on.clientStreaming(CallOptions.DEFAULT.withCompression("gzip")));
        cases.put("server_streaming", on -> on.serverStreaming(Ask.of(0, ASKED)));
        cases.put("server_compressed_streaming", on -> on.serverStreaming(Ask.of(0, ASKED).inCompressed()));
        cases.put("ping_pong", InteropCases::pingPong);
        cases.put("empty_stream", InteropCases::emptyStream);
        cases.put("cancel_after_begin", InteropCases::cancelAfterBegin);
        cases.put("cancel_after_first_response", InteropCases::cancelAfterFirstResponse);
        cases.put("timeout_on_sleeping_server", InteropCases::timeoutOnSleepingServer);
        cases.put("custom_metadata", InteropCases::customMetadata);
        cases.put("status_code_and_message", InteropCases::statusCodeAndMessage);
        cases.put("special_status_message", InteropCases::specialStatusMessage);
        cases.put("unimplemented_method", on -> on.unimplemented(UNKNOWN_METHOD));
        cases.put("unimplemented_service", on -> on.unimplemented(UNKNOWN_SERVICE));
        return cases;
    }

    /// The names of all cases.
    static List<String> names() {
        return List.copyOf(all().keySet());
    }

    /// Tries them all.
    ///
    /// @param failures
    ///            takes what went wrong, by the name of the case
    /// @return the names of those that passed
    static List<String> passed(Channel channel, Map<String, Throwable> failures) {
        List<String> passed = new ArrayList<>();
        all().forEach((name, one) -> {
            try {
                one.run(new InteropCases(channel));
                passed.add(name);
            } catch (Exception | AssertionError e) {
                failures.put(name, e);
            }
        });
        return passed;
    }

    private void emptyUnary() {
        assertThat(ClientCalls.blockingUnaryCall(channel, EMPTY, CallOptions.DEFAULT, new byte[0])).isEmpty();
    }

    private void largeUnary(Ask ask, CallOptions options) {
        assertThat(ClientCalls.blockingUnaryCall(channel, UNARY, options, ask.bytes()))
                .isEqualTo(new byte[LARGE_ANSWER]);
    }

    private void clientStreaming(CallOptions options) throws Exception {
        Replies replies = new Replies();
        StreamObserver<byte[]> out = ClientCalls.asyncClientStreamingCall(channel.newCall(INPUT, options), replies);
        int sum = 0;
        for (int size : SENT) {
            out.onNext(Ask.of(size).bytes());
            sum += size;
        }
        out.onCompleted();
        assertThat(Ask.read(replies.next()).sizes()).containsExactly(sum);
        assertThat(replies.status()).isEqualTo(Status.OK);
    }

    private void serverStreaming(Ask ask) throws Exception {
        Replies replies = new Replies();
        ClientCalls.asyncServerStreamingCall(channel.newCall(OUTPUT, CallOptions.DEFAULT), ask.bytes(), replies);
        for (int size : ASKED) {
            assertThat(replies.next()).hasSize(size);
        }
        assertThat(replies.status()).isEqualTo(Status.OK);
    }

    private StreamObserver<byte[]> duplex(Channel on, CallOptions options, Replies replies) {
        return ClientCalls.asyncBidiStreamingCall(on.newCall(DUPLEX, options), replies);
    }

    private void pingPong() throws Exception {
        Replies replies = new Replies();
        StreamObserver<byte[]> out = duplex(channel, CallOptions.DEFAULT, replies);
        for (int i = 0; i < SENT.length; i++) {
            out.onNext(Ask.of(SENT[i], ASKED[i]).bytes());
            assertThat(replies.next()).hasSize(ASKED[i]);
        }
        out.onCompleted();
        assertThat(replies.status()).isEqualTo(Status.OK);
    }

    private void emptyStream() throws Exception {
        Replies replies = new Replies();
        duplex(channel, CallOptions.DEFAULT, replies).onCompleted();
        assertThat(replies.status()).isEqualTo(Status.OK);
        assertThat(replies.waiting()).isEqualTo(1);
    }

    private void cancelAfterBegin() throws Exception {
        Replies replies = new Replies();
        ClientCalls.asyncClientStreamingCall(channel.newCall(INPUT, CallOptions.DEFAULT), replies);
        replies.call().cancel("enough", null);
        assertThat(replies.status().getCode()).isEqualTo(Status.Code.CANCELLED);
    }

    private void cancelAfterFirstResponse() throws Exception {
        Replies replies = new Replies();
        StreamObserver<byte[]> out = duplex(channel, CallOptions.DEFAULT, replies);
        out.onNext(Ask.of(SENT[0], ASKED[0]).bytes());
        assertThat(replies.next()).hasSize(ASKED[0]);
        replies.call().cancel("enough", null);
        assertThat(replies.status().getCode()).isEqualTo(Status.Code.CANCELLED);
    }

    private void timeoutOnSleepingServer() throws Exception {
        Replies replies = new Replies();
        StreamObserver<byte[]> out = duplex(channel,
                CallOptions.DEFAULT.withDeadlineAfter(50, TimeUnit.MILLISECONDS), replies);
        try {
            out.onNext(Ask.of(SENT[0]).bytes());
        } catch (IllegalStateException e) {
            // The call may be over before.
            assertThat(e).hasMessageContaining("call");
        }
        assertThat(replies.status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }

    private void customMetadata() throws Exception {
        Metadata sent = new Metadata();
        sent.put(InteropService.ECHO, "test_initial_metadata_value");
        sent.put(InteropService.ECHO_BEHIND, new byte[]{(byte) 0xab, (byte) 0xab, (byte) 0xab});
        AtomicReference<Metadata> head = new AtomicReference<>();
        AtomicReference<Metadata> behind = new AtomicReference<>();
        Channel on = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(sent),
                MetadataUtils.newCaptureMetadataInterceptor(head, behind));
        ClientCalls.blockingUnaryCall(on, UNARY, CallOptions.DEFAULT, Ask.of(LARGE, LARGE_ANSWER).bytes());
        checkEcho(head.get(), behind.get());
        Replies replies = new Replies();
        StreamObserver<byte[]> out = duplex(on, CallOptions.DEFAULT, replies);
        out.onNext(Ask.of(LARGE, LARGE_ANSWER).bytes());
        assertThat(replies.next()).hasSize(LARGE_ANSWER);
        out.onCompleted();
        assertThat(replies.status()).isEqualTo(Status.OK);
        checkEcho(head.get(), behind.get());
    }

    private static void checkEcho(Metadata head, Metadata behind) {
        assertThat(head.get(InteropService.ECHO)).isEqualTo("test_initial_metadata_value");
        assertThat(behind.get(InteropService.ECHO_BEHIND)).containsExactly(0xab, 0xab, 0xab);
    }

    private void statusCodeAndMessage() throws Exception {
        Ask ask = Ask.failing(2, "test status message");
        checkFailure(UNARY, ask, Status.Code.UNKNOWN);
        Replies replies = new Replies();
        StreamObserver<byte[]> out = duplex(channel, CallOptions.DEFAULT, replies);
        out.onNext(ask.bytes());
        assertThat(replies.status().getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(replies.status().getDescription()).isEqualTo(ask.message());
    }

    private void specialStatusMessage() {
        checkFailure(UNARY,
                Ask.failing(2, "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \ud83d\ude08\t\n"),
                Status.Code.UNKNOWN);
    }

    private void checkFailure(MethodDescriptor<byte[], byte[]> method, Ask ask, Status.Code code) {
        StatusRuntimeException failure = failure(method, ask);
        assertThat(failure.getStatus().getCode()).isEqualTo(code);
        assertThat(failure.getStatus().getDescription()).isEqualTo(ask.message());
    }

    private StatusRuntimeException failure(MethodDescriptor<byte[], byte[]> method, Ask ask) {
        return catchThrowableOfType(StatusRuntimeException.class,
                () -> ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, ask.bytes()));
    }

    private void unimplemented(MethodDescriptor<byte[], byte[]> method) {
        assertThat(failure(method, Ask.of(0)).getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    }
}
