/// Signed tokens (JWT, RFC 7519): how they are read and checked, and remembered once they are.
///
/// A [io.tidegate.identity.token.TokenVerifier] checks a token by the keys of its issuer and by rules. It only computes:
/// a signature takes up to a few hundred microseconds, so it belongs on a virtual thread
/// ([io.tidegate.api.Exchange#offload]), not on an event loop. A [io.tidegate.identity.token.TokenMemory] finds what
/// came of a token that was checked before, on the event loop.
@NullMarked
package io.tidegate.identity.token;

import org.jspecify.annotations.NullMarked;
