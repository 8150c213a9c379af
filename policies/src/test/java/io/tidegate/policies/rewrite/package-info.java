/// Tests of the policy `rewrite`.
@NullMarked
package io.tidegate.policies.rewrite;

import org.jspecify.annotations.NullMarked;
