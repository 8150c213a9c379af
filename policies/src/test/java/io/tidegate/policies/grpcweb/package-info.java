/// Tests of `grpcWeb`.
@NullMarked
package io.tidegate.policies.grpcweb;

import org.jspecify.annotations.NullMarked;
