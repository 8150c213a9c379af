package io.tidegate.app.log;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/// One thing that was said.
///
/// @param time
///            when
/// @param level
///            how severe
/// @param logger
///            name of the class that said it
/// @param message
///            what happened, its arguments filled in
/// @param pairs
///            who and where, in the order given
/// @param thrown
///            why, or null
record LogEvent(Instant time, Level level, String logger, String message, List<KeyValuePair> pairs,
        @Nullable Throwable thrown) {
}
