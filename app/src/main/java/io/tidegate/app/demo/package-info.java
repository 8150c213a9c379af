/// The services that `tidegate demo` puts behind a gateway: a shop's orders, payments and users, served over real
/// sockets by the JDK's HTTP server. They know nothing of the gateway.
@NullMarked
package io.tidegate.app.demo;

import org.jspecify.annotations.NullMarked;
