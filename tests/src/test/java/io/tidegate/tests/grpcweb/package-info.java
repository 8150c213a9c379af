/// How browsers call services of gRPC, on real sockets.
@NullMarked
package io.tidegate.tests.grpcweb;

import org.jspecify.annotations.NullMarked;
