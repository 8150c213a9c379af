/// What is tested of `oauth2Introspection`.
@NullMarked
package io.tidegate.identity.introspection;

import org.jspecify.annotations.NullMarked;
