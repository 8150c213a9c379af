/// Conditions in the Common Expression Language: what `when` is written in.
///
/// A condition sees `request` (`method`, `scheme`, `host`, `path`, `query`, `headers`), `client` (`address`,
/// `peerAddress`, `secure`, `trusted`, `listener`, and what is empty without TLS or without a certificate:
/// `tlsVersion`, `serverName`, `certificateSubject`, `certificateSha256`, `spiffeId`), `route`, and who calls, as far
/// as a policy before has found that out: `consumer` (`name`, `groups`), `principal` (`subject`, `issuer`, `method`,
/// `scopes`) and `token`, what the credentials say. Its types are checked when it is compiled; what it may cost is
/// bounded. No class of the language's library is loaded before the first condition is compiled.
@NullMarked
package io.tidegate.expressions;

import org.jspecify.annotations.NullMarked;
