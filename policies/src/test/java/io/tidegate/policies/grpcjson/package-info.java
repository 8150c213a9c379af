/// Tests of `grpcJson`.
@NullMarked
package io.tidegate.policies.grpcjson;

import org.jspecify.annotations.NullMarked;
