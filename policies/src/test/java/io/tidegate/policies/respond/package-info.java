/// Tests of the policy `respond`.
@NullMarked
package io.tidegate.policies.respond;

import org.jspecify.annotations.NullMarked;
