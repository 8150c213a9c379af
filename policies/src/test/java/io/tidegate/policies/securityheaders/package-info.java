/// Tests of the policy `securityHeaders`.
@NullMarked
package io.tidegate.policies.securityheaders;

import org.jspecify.annotations.NullMarked;
