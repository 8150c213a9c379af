/// The policy `accessControl`: from where clients may call.
@NullMarked
package io.tidegate.identity.accesscontrol;

import org.jspecify.annotations.NullMarked;
