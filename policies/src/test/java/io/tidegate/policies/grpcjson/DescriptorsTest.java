package io.tidegate.policies.grpcjson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.UnknownFieldSet;
import io.tidegate.api.ByteSize;
import io.tidegate.api.ConfigException;
import io.tidegate.api.FilePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorsTest {

    @TempDir
    private Path folder;

    private static GrpcJsonConfig config(Path file, String... services) {
        return new GrpcJsonConfig(new FilePath(file.toString()), List.of(services), false, ByteSize.parse("1MiB"),
                false, false, false);
    }

    private Path write(FileDescriptorSet set) throws IOException {
        return Files.write(folder.resolve("api.pb"), set.toByteArray());
    }

    private static FileDescriptorSet everything() throws IOException {
        return FileDescriptorSet.parseFrom(Files.readAllBytes(Fixture.descriptors()));
    }

    private static void assertRefused(Path file, String... words) {
        assertThatThrownBy(() -> config(file)).isInstanceOf(ConfigException.class).hasMessageContainingAll(words)
                .extracting(e -> ((ConfigException) e).component()).isEqualTo("descriptors");
    }

    @Test
    void aFileThatIsNotThereOrNoSetOfDescriptorsIsRefused() throws IOException {
        assertRefused(folder.resolve("none.pb"), "none.pb", "there is no such file");
        assertRefused(Files.writeString(folder.resolve("text.pb"), "syntax = \"proto3\";"), "is no set of descriptors",
                "protoc --include_imports");
        assertRefused(Files.write(folder.resolve("empty.pb"), new byte[0]), "declares nothing");
    }

    @Test
    void aSetWithoutItsImportsIsRefused() throws IOException {
        FileDescriptorSet set = everything();
        FileDescriptorProto last = set.getFile(set.getFileCount() - 1);

        assertRefused(write(FileDescriptorSet.newBuilder().addFile(last).build()), "lacks google/",
                "protoc --include_imports");
        assertRefused(write(FileDescriptorSet.newBuilder()
                .addFile(FileDescriptorProto.newBuilder().setName("a.proto").addDependency("a.proto")).build()),
                "imports itself");
        assertRefused(write(FileDescriptorSet.newBuilder()
                .addFile(FileDescriptorProto.newBuilder().setName("a.proto").addService(
                        com.google.protobuf.DescriptorProtos.ServiceDescriptorProto.newBuilder().setName("S").addMethod(
                                MethodDescriptorProto.newBuilder().setName("M").setInputType("No")
                                        .setOutputType("No"))))
                .build()), "does not hold together");
    }

    @Test
    void aServiceThatIsNotThereIsRefusedAndOthersAreNamed() {
        assertThatThrownBy(() -> config(Fixture.descriptors(), "test.Ecko")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("declares no service 'test.Ecko'; it declares test.Echo, test.Other");
    }

    @Test
    void onlyTheServicesThatAreNamedCanBeCalled() {
        PathTable table = Descriptors.read(Fixture.descriptors(), List.of("test.Other")).bind(false);

        assertThat(table.find("GET", "/other")).isNotNull();
        assertThat(table.find("GET", "/query")).isNull();
    }

    @Test
    void theLargestMessageHasBounds() {
        FilePath file = new FilePath(Fixture.descriptors().toString());
        for (String size : List.of("0B", "2GiB", "unlimited")) {
            assertThatThrownBy(() -> new GrpcJsonConfig(file, List.of(), false, ByteSize.parse(size), false, false,
                    false)).hasMessageContaining("'maxMessage' must be 1B to 1GiB (was " + size);
        }
    }

    /// The set with another annotation at `test.Other.Ask`.
    private Path annotated(String path, String body, String responseBody) throws IOException {
        FileDescriptorSet.Builder set = everything().toBuilder();
        FileDescriptorProto.Builder file = set.getFileBuilder(set.getFileCount() - 1);
        UnknownFieldSet rule = UnknownFieldSet.newBuilder().addField(4, text(path)).addField(7, text(body))
                .addField(12, text(responseBody)).build();
        MethodOptions options = MethodOptions.newBuilder().setUnknownFields(UnknownFieldSet.newBuilder()
                .addField(72295728, UnknownFieldSet.Field.newBuilder().addLengthDelimited(rule.toByteString()).build())
                .build()).build();
        file.getServiceBuilder(1).getMethodBuilder(0).setOptions(options);
        return write(set.build());
    }

    private static UnknownFieldSet.Field text(String text) {
        return UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.copyFromUtf8(text)).build();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', value = {"v1; ``; ``; must begin with a slash",
        "/v1//x; ``; ``; has an empty segment", "/v1/; ``; ``; has an empty segment", "/{text; ``; ``; '{' without '}'",
        "/{te-xt}; ``; ``; names no field", "/{nothing}; ``; ``; names the field 'nothing'",
        "/{inner}; ``; ``; no text can stand for", "/{texts}; ``; ``; no text can stand for",
        "/{inners.id}; ``; ``; names the field 'inners.id'", "/**/x; ``; ``; nothing but a verb behind **",
        "/{text=**}/x; ``; ``; nothing but a verb behind **", "/x:; ``; ``; a word behind its colon",
        "/{text=a b}; ``; ``; has the segment 'a b'", "/{text}x; ``; ``; has 'x' where a segment ends",
        "/x; missing; ``; names the field 'missing'", "/x; ``; missing; names the field 'missing'",
        "/whole; ``; ``; is called by POST /whole"})
    void anAnnotationThatCannotMeanAnythingIsRefusedWithItsMethod(String path, String body, String responseBody,
            String words) throws IOException {
        assertRefused(annotated(path, body, responseBody), words,
                path.startsWith("/whole") ? "test.Other" : "test.Other.Ask");
    }

    @Test
    void anAnnotationThatDoesNotCollideIsTaken() throws IOException {
        assertThat(config(annotated("/{snake_case=a/*}/b/**:verb", "*", "text"))).isNotNull();
    }
}
