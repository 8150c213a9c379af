/// Tests of the policy `headers`.
@NullMarked
package io.tidegate.policies.headers;

import org.jspecify.annotations.NullMarked;
