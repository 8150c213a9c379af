/// The policy `jwt`: finds out who calls by a signed token.
@NullMarked
package io.tidegate.identity.jwt;

import org.jspecify.annotations.NullMarked;
