/// TLS on listeners, over real sockets.
@NullMarked
package io.tidegate.tests.tls;

import org.jspecify.annotations.NullMarked;
