/// The policy `idempotency`: a request that is repeated is served once.
@NullMarked
package io.tidegate.policies.idempotency;

import org.jspecify.annotations.NullMarked;
