/// How requests and responses pass the gateway, on real sockets.
@NullMarked
package io.tidegate.tests.proxy;

import org.jspecify.annotations.NullMarked;
