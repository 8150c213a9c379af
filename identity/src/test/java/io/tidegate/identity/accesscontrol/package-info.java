/// Tests of `accessControl`.
@NullMarked
package io.tidegate.identity.accesscontrol;

import org.jspecify.annotations.NullMarked;
