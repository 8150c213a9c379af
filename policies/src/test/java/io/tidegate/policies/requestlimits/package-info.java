/// Tests of the policy `requestLimits`.
@NullMarked
package io.tidegate.policies.requestlimits;

import org.jspecify.annotations.NullMarked;
