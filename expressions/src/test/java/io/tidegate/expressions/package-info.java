/// Tests of conditions.
@NullMarked
package io.tidegate.expressions;

import org.jspecify.annotations.NullMarked;
