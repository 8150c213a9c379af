/// Finds out who calls by the certificate that they showed in the handshake.
@NullMarked
package io.tidegate.identity.mtls;

import org.jspecify.annotations.NullMarked;
