/// What is tested of `opa`.
@NullMarked
package io.tidegate.identity.opa;

import org.jspecify.annotations.NullMarked;
