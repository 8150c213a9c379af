/// The policy `grpcJson`: services of gRPC, called with HTTP and JSON.
@NullMarked
package io.tidegate.policies.grpcjson;

import org.jspecify.annotations.NullMarked;
