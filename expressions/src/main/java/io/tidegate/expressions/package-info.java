/// Conditions in the Common Expression Language: what `when` is written in.
///
/// A condition sees `request` (`method`, `scheme`, `host`, `path`, `query`, `headers`), `client` (`address`,
/// `peerAddress`, `secure`, `trusted`, `listener`, and what is empty without TLS or without a certificate: `tlsVersion`,
/// `serverName`, `certificateSubject`, `certificateSha256`, `spiffeId`) and `route`. Its types are checked when it is
/// compiled; what it may
/// cost is bounded. No class of the language's library is loaded before the first condition is compiled.
@NullMarked
package io.tidegate.expressions;

import org.jspecify.annotations.NullMarked;
