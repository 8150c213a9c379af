/// How services of gRPC are called with JSON, on real sockets.
@NullMarked
package io.tidegate.tests.grpcjson;

import org.jspecify.annotations.NullMarked;
