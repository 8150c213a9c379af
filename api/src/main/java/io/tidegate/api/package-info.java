/// What a policy is written against: the moments of a request, what it may see and what it may decide.
///
/// **Threads.** Every call to a [Policy] is made on the event loop of the client's connection, and may not block; one
/// instance serves all loops at once. Work that blocks goes through [Exchange#offload]. [PolicyFactory#create] and
/// [Policy#close] run off the event loops and may block.
///
/// **Lifetime.** What is reached from an [Exchange] is valid until [Policy#onEnd] has returned, and only on its loop.
@NullMarked
package io.tidegate.api;

import org.jspecify.annotations.NullMarked;
