/// Calls of gRPC through the gateway, by grpc-java on both sides and frame by frame.
@NullMarked
package io.tidegate.tests.grpc;

import org.jspecify.annotations.NullMarked;
