/// The policy `grpcWeb`: calls of gRPC from browsers.
@NullMarked
package io.tidegate.policies.grpcweb;

import org.jspecify.annotations.NullMarked;
