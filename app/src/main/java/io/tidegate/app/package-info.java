/// The program: [Main] wires the other modules together by hand, without a container.
///
/// `command` holds one class per command of the command line, `log` what the process says on standard error, and
/// `demo` the services that `tidegate demo` puts behind a gateway.
@NullMarked
package io.tidegate.app;

import org.jspecify.annotations.NullMarked;
