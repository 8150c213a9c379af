/// `oauth2TokenExchange`: tokens for services, got from an authorization server (RFC 6749 section 4.4, RFC 8693).
@NullMarked
package io.tidegate.identity.exchange;

import org.jspecify.annotations.NullMarked;
