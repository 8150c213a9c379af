/// Tests of `identity` and `identityKeys`.
@NullMarked
package io.tidegate.identity.internaltoken;

import org.jspecify.annotations.NullMarked;
