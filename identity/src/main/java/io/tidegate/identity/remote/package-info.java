/// What policies that ask a server have in common: addresses, what issuers tell of themselves, credentials, forms, and
/// that many who want to know the same are served by one call.
///
/// All of it may be used by every event loop at once. Stages complete on any thread, where no exchange may be touched.
@NullMarked
package io.tidegate.identity.remote;

import org.jspecify.annotations.NullMarked;
