/// Policies that find out who calls and decide what they may do, a package each; here, what several of them need.
@NullMarked
package io.tidegate.identity;

import org.jspecify.annotations.NullMarked;
