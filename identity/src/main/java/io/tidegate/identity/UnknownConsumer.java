package io.tidegate.identity;

import io.tidegate.api.Consumer;
import io.tidegate.api.Doc;
import io.tidegate.api.Principal;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What becomes of a caller whose credentials are good, but who is none of the declared consumers.
public enum UnknownConsumer {
    @Doc("Is refused with 403.")
    REFUSE, @Doc("Passes, with what the credentials say and without a consumer.")
    ALLOW;

    /// A caller as the consumer that it was found to be, whose groups come beside those that the credentials tell of.
    ///
    /// @param caller
    ///            without a consumer
    /// @param found
    ///            null for none
    /// @return null for one that is refused
    public @Nullable Principal admit(Principal caller, @Nullable Consumer found) {
        if (found == null) {
            return this == REFUSE ? null : caller;
        }
        Set<String> groups = new HashSet<>(caller.groups());
        groups.addAll(found.groups());
        return new Principal(caller.method(), caller.subject(), caller.issuer(), found, groups, caller.scopes(),
                caller.claims());
    }
}
