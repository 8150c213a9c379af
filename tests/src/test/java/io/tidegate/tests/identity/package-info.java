/// Who calls, and what they may do: with real sockets and real servers.
@NullMarked
package io.tidegate.tests.identity;

import org.jspecify.annotations.NullMarked;
