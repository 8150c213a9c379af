/// Tests on real files and real sockets.
@NullMarked
package io.tidegate.control;

import org.jspecify.annotations.NullMarked;
