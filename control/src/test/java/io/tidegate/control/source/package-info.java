/// Tests on real files and real sockets.
@NullMarked
package io.tidegate.control.source;

import org.jspecify.annotations.NullMarked;
