/// The policy `requestLimits`: bounds of what a request may be.
@NullMarked
package io.tidegate.policies.requestlimits;

import org.jspecify.annotations.NullMarked;
