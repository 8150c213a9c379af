/// Who of several is chosen next. Knows nothing of networks: chance and time are given.
@NullMarked
package io.tidegate.engine.balance;

import org.jspecify.annotations.NullMarked;
