package io.tidegate.identity.forwardauth;

import io.tidegate.api.Field;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the service has decided.
///
/// @param status
///            2xx where the request passes, else what the client is answered
/// @param fields
///            what goes on: into the request where it passes, else to the client
/// @param body
///            what goes to the client; null for the gateway's own
/// @param caller
///            who calls; null where nobody is named
/// @param groups
///            what they belong to
@SuppressWarnings("ArrayRecordComponent") // never compared by it
record Verdict(int status, List<Field> fields, byte @Nullable [] body, @Nullable String caller, Set<String> groups) {

    /// Whether the request passes.
    boolean passes() {
        return status < 300;
    }

    /// Nothing of whom it is about.
    @Override
    public String toString() {
        return "Verdict[" + status + "]";
    }
}
