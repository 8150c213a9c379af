/// Tests of `authorize`.
@NullMarked
package io.tidegate.identity.authorize;

import org.jspecify.annotations.NullMarked;
