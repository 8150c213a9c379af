package io.tidegate.policies.grpcjson;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FilePath;
import java.util.List;

/// Configuration of `grpcJson`.
@Doc("Lets clients call services of gRPC with HTTP and JSON, as the `google.api.http` annotations of their methods say. The service must be reached by HTTP/2.")
public record GrpcJsonConfig(
        @Doc("What the service's .proto files declare, as `protoc --include_imports --descriptor_set_out` writes it.") FilePath descriptors,

        @Doc("Full names of the services that may be called: `package.Service`. Left out: every service of `descriptors`.") @Default("[]") List<String> services,

        @Doc("Whether methods without an annotation are called by `POST /package.Service/Method` with the request for a body.") @Default("false") boolean autoMapping,

        @Doc("Largest body of a request and largest message of a response, at most 1GiB.") @Default("4MiB") ByteSize maxMessage,

        @Doc("Whether query parameters that the method does not know are left out, instead of being answered 400.") @Default("false") boolean ignoreUnknownParameters,

        @Doc("Whether fields are named in responses as in the .proto file, instead of in lowerCamelCase.") @Default("false") boolean protoNames,

        @Doc("Whether responses show fields that have their default value.") @Default("false") boolean showDefaults) {

    private static final long LARGEST = 1L << 30;

    /// Refuses descriptors that cannot be read, and what they cannot mean.
    public GrpcJsonConfig {
        if (maxMessage.bytes() < 1 || maxMessage.bytes() > LARGEST) {
            throw new IllegalArgumentException("'maxMessage' must be 1B to 1GiB (was " + maxMessage + ")");
        }
        Descriptors.read(descriptors.path(), services).bind(autoMapping);
    }
}
