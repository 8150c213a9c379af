/// Tests of the package of the same name.
@NullMarked
package io.tidegate.identity.token;

import org.jspecify.annotations.NullMarked;
