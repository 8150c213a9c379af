/// Tests of what others are tested with.
@NullMarked
package io.tidegate.testkit;

import org.jspecify.annotations.NullMarked;
