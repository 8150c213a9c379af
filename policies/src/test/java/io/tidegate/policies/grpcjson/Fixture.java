package io.tidegate.policies.grpcjson;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.tidegate.api.ByteSize;
import io.tidegate.api.FilePath;
import io.tidegate.api.Reply;
import io.tidegate.testkit.PolicyTester;
import io.tidegate.testkit.TesterResult;
import java.io.ByteArrayOutputStream;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// What tests of `grpcJson` share: the declarations of `everything.proto`, and a service of them.
final class Fixture {

    private Fixture() {
    }

    static Path descriptors() {
        try {
            return Path.of(Fixture.class.getResource("everything.pb").toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    static GrpcJsonConfig config() {
        return config(false, false, false, false);
    }

    static GrpcJsonConfig config(boolean autoMapping, boolean ignoreUnknown, boolean protoNames,
            boolean showDefaults) {
        return new GrpcJsonConfig(new FilePath(descriptors().toString()), List.of(), autoMapping,
                ByteSize.parse("2KiB"), ignoreUnknown, protoNames, showDefaults);
    }

    static PolicyTester tester() {
        return PolicyTester.of(new GrpcJsonFactory(), config());
    }

    static Descriptor type() {
        return Descriptors.read(descriptors(), List.of()).types().find("test.All");
    }

    /// The JSON of the message that the service got.
    static String message(TesterResult result) {
        byte[] sent = result.sent().body();
        ByteBuffer frame = ByteBuffer.wrap(sent);
        if (frame.get() != 0 || frame.getInt() != frame.remaining()) {
            throw new AssertionError("no frame: " + Arrays.toString(sent));
        }
        try {
            return JsonFormat.printer().omittingInsignificantWhitespace()
                    .usingTypeRegistry(Descriptors.read(descriptors(), List.of()).types())
                    .print(DynamicMessage.parseFrom(type(), com.google.protobuf.ByteString.copyFrom(frame)));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /// A response with these messages, given as JSON.
    static Reply messages(String... json) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (String each : json) {
            DynamicMessage.Builder message = DynamicMessage.newBuilder(type());
            try {
                JsonFormat.parser().merge(each, message);
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
            body.writeBytes(Frames.frame(message.build().toByteArray()));
        }
        return Reply.of(200).withBody("application/grpc", body.toByteArray());
    }
}
