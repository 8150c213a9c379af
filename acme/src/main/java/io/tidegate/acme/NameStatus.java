package io.tidegate.acme;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How it stands with the certificate of one name.
///
/// @param name
///            the host name
/// @param obtained
///            when the certificate was put into the store; null where there is none that can be used
/// @param until
///            when it expires; null where there is none
/// @param next
///            when another one is asked for
/// @param failure
///            how attempts have failed since the last one that did not; null where none has
/// @param failures
///            attempts of this process that failed
record NameStatus(String name, @Nullable Instant obtained, @Nullable Instant until, Instant next,
        @Nullable Failure failure, long failures) {

    /// What does not work as it should, in a sentence; null if all is well.
    @Nullable
    String complaint() {
        if (until == null) {
            return "there is no certificate for " + name + " yet, so its clients are refused: "
                    + (failure == null ? "it has been asked for" : failure.message());
        }
        return failure == null
                ? null
                : "the certificate for " + name + ", which expires on " + until + ", could not be renewed: "
                        + failure.message();
    }
}
