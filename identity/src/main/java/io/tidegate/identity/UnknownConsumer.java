package io.tidegate.identity;

import io.tidegate.api.Doc;

/// What becomes of a caller whose credentials are good, but who is none of the declared consumers.
public enum UnknownConsumer {
    @Doc("Is refused with 403.")
    REFUSE, @Doc("Passes, with what the credentials say and without a consumer.")
    ALLOW
}
