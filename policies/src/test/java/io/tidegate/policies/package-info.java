/// Tests of what the gateway's own policies have in common.
@NullMarked
package io.tidegate.policies;

import org.jspecify.annotations.NullMarked;
