/// Tests of `basicAuth`.
@NullMarked
package io.tidegate.identity.basicauth;

import org.jspecify.annotations.NullMarked;
