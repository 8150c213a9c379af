/// The policy `faultInjection`: requests are delayed or made to fail, to see what comes of it.
@NullMarked
package io.tidegate.policies.faultinjection;

import org.jspecify.annotations.NullMarked;
