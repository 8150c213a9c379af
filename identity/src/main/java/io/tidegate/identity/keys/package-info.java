/// The keys by which signatures of tokens are checked: where they come from, how they are kept, and what each is good
/// for.
///
/// - [io.tidegate.identity.keys.IssuerKeys] are the keys of one issuer: fetched, kept over reloads and refreshed ahead
///   of
///   their age, or given. Requests ask for [io.tidegate.identity.keys.IssuerKeys#current], which never blocks.
/// - A [io.tidegate.identity.keys.KeySet] never changes: a refresh puts another in its place, in which keys that stayed
///   are the same objects.
/// - A [io.tidegate.identity.keys.VerificationKey] is good for one algorithm.
@NullMarked
package io.tidegate.identity.keys;

import org.jspecify.annotations.NullMarked;
