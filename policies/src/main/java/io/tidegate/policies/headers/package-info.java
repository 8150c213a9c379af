/// The policy `headers`: header fields set, added and removed.
@NullMarked
package io.tidegate.policies.headers;

import org.jspecify.annotations.NullMarked;
