/// The server of the admin listener: who may ask, how requests are bounded, and the file with the token.
///
/// It knows nothing of gateways. What can be asked for is a list of [AdminResource]s that `ControlPlane` hands in; the
/// list itself is in `control.AdminEndpoints`. Every request runs on a virtual thread of its own and may block.
@NullMarked
package io.tidegate.control.admin;

import org.jspecify.annotations.NullMarked;
