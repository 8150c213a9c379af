/// Finds out who calls by a user name and a password (RFC 7617).
@NullMarked
package io.tidegate.identity.basicauth;

import org.jspecify.annotations.NullMarked;
