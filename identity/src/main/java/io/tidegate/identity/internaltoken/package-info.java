/// The policies `identity`, which passes on who calls as a signed token, and `identityKeys`, which publishes the keys
/// that such tokens are checked by.
@NullMarked
package io.tidegate.identity.internaltoken;

import org.jspecify.annotations.NullMarked;
