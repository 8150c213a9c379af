/// Tests of the package of the same name.
@NullMarked
package io.tidegate.identity.keys;

import org.jspecify.annotations.NullMarked;
