package io.tidegate.policies.grpcweb;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;

/// Configuration of `grpcWeb`.
@Doc("Lets browsers call services of gRPC (gRPC-Web). The service must be reached by HTTP/2.")
public record GrpcWebConfig(
        @Doc("Largest message of a request; a larger one ends the call with RESOURCE_EXHAUSTED. `unlimited` for no limit.") @Default("4MiB") ByteSize maxMessage) {
}
