/// What is tested of `forwardAuth`.
@NullMarked
package io.tidegate.identity.forwardauth;

import org.jspecify.annotations.NullMarked;
