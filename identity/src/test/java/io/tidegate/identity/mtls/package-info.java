/// Tests of `mtls`.
@NullMarked
package io.tidegate.identity.mtls;

import org.jspecify.annotations.NullMarked;
