/// The policy `securityHeaders`: response fields that tell browsers to be careful.
@NullMarked
package io.tidegate.policies.securityheaders;

import org.jspecify.annotations.NullMarked;
