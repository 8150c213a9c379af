/// Finds out who calls by the signature of the request (RFC 9421).
@NullMarked
package io.tidegate.identity.signature;

import org.jspecify.annotations.NullMarked;
