/// Tests on real files and real sockets.
@NullMarked
package io.tidegate.control.admin;

import org.jspecify.annotations.NullMarked;
