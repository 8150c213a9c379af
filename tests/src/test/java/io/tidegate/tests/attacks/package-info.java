/// The attack corpus on real sockets.
@NullMarked
package io.tidegate.tests.attacks;

import org.jspecify.annotations.NullMarked;
