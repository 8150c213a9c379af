/// Tests of who is chosen.
@NullMarked
package io.tidegate.engine.balance;

import org.jspecify.annotations.NullMarked;
