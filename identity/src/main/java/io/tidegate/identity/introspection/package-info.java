/// `oauth2Introspection`: tokens that the server which gave them out is asked about (RFC 7662).
@NullMarked
package io.tidegate.identity.introspection;

import org.jspecify.annotations.NullMarked;
