/// The policy `respond`: a fixed answer.
@NullMarked
package io.tidegate.policies.respond;

import org.jspecify.annotations.NullMarked;
