/// Tests of `hmac`.
@NullMarked
package io.tidegate.identity.signature;

import org.jspecify.annotations.NullMarked;
