/// Tests of the package of the same name.
@NullMarked
package io.tidegate.identity;

import org.jspecify.annotations.NullMarked;
