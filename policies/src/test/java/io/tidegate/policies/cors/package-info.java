/// Tests of the policy `cors`.
@NullMarked
package io.tidegate.policies.cors;

import org.jspecify.annotations.NullMarked;
