/// Tests of the policy `redirect`.
@NullMarked
package io.tidegate.policies.redirect;

import org.jspecify.annotations.NullMarked;
