package io.tidegate.config;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A store by network that gateways share outside of requests, in rooms that know nothing of each other. May be used by
/// several threads; its calls block, so no event loop may make them. It is opened before it can be reached, and goes on
/// trying.
public interface SharedRooms extends AutoCloseable {

    /// The room of this name.
    Room room(String name);

    /// Lets go of the store. Blocks for a moment.
    @Override
    void close();

    /// Values that everybody reads, and that are written by whoever has the room's lock, one at a time.
    ///
    /// ```
    /// free ─ take ─▶ held by a token ─ release ─▶ free
    ///                  │ beat: another lease        ▲
    ///                  └─ no beat for a lease ──────┘ every write with that token is refused from then on
    /// ```
    ///
    /// Whether a token is that of the lock is looked at in the same step as what is done with it. Tokens end with a
    /// number that rises with each. A call throws [IOException] where the store does not answer: it may have been done
    /// all the same.
    interface Room {

        /// The values of those of these keys that are there, read at one moment.
        Map<String, byte[]> read(List<String> keys) throws IOException;

        /// Takes the lock where it is free, or where this owner has it.
        ///
        /// @param owner
        ///            nobody else's; without a space
        /// @return the token; null where another one has the lock
        @Nullable
        String take(String owner, Duration lease) throws IOException;

        /// Keeps the lock for another lease.
        ///
        /// @return false where the token is not that of the lock any more
        boolean beat(String token, Duration lease) throws IOException;

        /// Puts a value, or removes it.
        ///
        /// @param value
        ///            null for none
        /// @param life
        ///            how long it is kept; null for as long as nobody removes it
        /// @return false where the token is not that of the lock any more, so that nothing was done
        boolean write(String token, String key, byte @Nullable [] value, @Nullable Duration life) throws IOException;

        /// Gives the lock back, where the token is still that of the lock.
        void release(String token) throws IOException;
    }
}
