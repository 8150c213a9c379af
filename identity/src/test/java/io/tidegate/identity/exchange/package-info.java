/// What is tested of `oauth2TokenExchange`.
@NullMarked
package io.tidegate.identity.exchange;

import org.jspecify.annotations.NullMarked;
