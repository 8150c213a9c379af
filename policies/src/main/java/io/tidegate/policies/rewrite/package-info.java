/// The policy `rewrite`: another path, query or host for the upstream.
@NullMarked
package io.tidegate.policies.rewrite;

import org.jspecify.annotations.NullMarked;
