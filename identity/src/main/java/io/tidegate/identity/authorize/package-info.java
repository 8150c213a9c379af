/// The policy `authorize`: what who calls may do.
@NullMarked
package io.tidegate.identity.authorize;

import org.jspecify.annotations.NullMarked;
