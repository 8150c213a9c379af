package io.tidegate.identity;

import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers;
import io.tidegate.api.Identity;
import io.tidegate.api.Principal;
import org.jspecify.annotations.Nullable;

/// Whom good credentials are about, made ready once for all requests that show them. Which consumer that is, is looked
/// at with every request. Safe for many threads.
public final class Caller {

    private final Principal principal;
    private final @Nullable Identity identity;
    private volatile @Nullable Principal known;

    /// A caller.
    ///
    /// @param principal
    ///            without a consumer
    /// @param identity
    ///            what a consumer would be known by; null where none can be
    public Caller(Principal principal, @Nullable Identity identity) {
        this.principal = principal;
        this.identity = identity;
    }

    /// Without a consumer.
    public Principal principal() {
        return principal;
    }

    /// As the consumer that it is; null where it is none, and such callers are refused.
    public @Nullable Principal among(Consumers consumers, UnknownConsumer unknown) {
        Consumer consumer = identity == null ? null : consumers.identified(identity);
        if (consumer == null) {
            return unknown.admit(principal, null);
        }
        Principal before = known;
        if (before == null || !consumer.equals(before.consumer())) {
            before = unknown.admit(principal, consumer);
            known = before;
        }
        return before;
    }

    /// Tells who it is, and nothing of what the credentials say.
    @Override
    public String toString() {
        return "Caller[" + principal.name() + "]";
    }
}
