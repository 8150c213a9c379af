/// Tests of the package of the same name.
@NullMarked
package io.tidegate.identity.jwt;

import org.jspecify.annotations.NullMarked;
