package io.tidegate.api;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// Values that outlive requests and reloads: kept in this process, or, where `sharedState` says so, shared by all
/// gateways that use the same store. Those of one type of policy are kept apart from those of others.
///
/// No call blocks. A stage may complete on any thread, where the exchange must not be touched: what it leads to is
/// returned through [Decision#await]. Where a shared store can't be reached this process goes on with what it keeps by
/// itself, so a stage completes within the store's time-out; but a value that another gateway has put is not seen
/// meanwhile, and values may be lost at any time where there are more than memory is meant for; in this process those go
/// first that are of the type of policy that has most. Whoever can't bear that must not use it.
public interface StateStore {

    /// Most characters of a key.
    int MAX_KEY_CHARACTERS = 256;

    /// Most bytes of a value; the least is one.
    int MAX_VALUE_BYTES = 2 << 20;

    /// The value of `key`, or nothing. The array is the caller's.
    CompletionStage<Optional<byte[]>> get(String key);

    /// Keeps `value` where there is none yet; of several that do so at once one succeeds.
    ///
    /// @param life
    ///            how long it is kept, at least a millisecond
    /// @return the value that is there already; nothing where `value` is kept now
    CompletionStage<Optional<byte[]>> putIfAbsent(String key, byte[] value, Duration life);

    /// Keeps `value`, whatever was there before.
    ///
    /// @param life
    ///            how long it is kept, at least a millisecond
    CompletionStage<?> put(String key, byte[] value, Duration life);

    /// Keeps `value` where `expected` is there, and nothing else.
    ///
    /// @param life
    ///            how long it is kept, at least a millisecond
    /// @return whether it was there
    CompletionStage<Boolean> replace(String key, byte[] expected, byte[] value, Duration life);

    /// Removes whatever is there.
    ///
    /// @return whether something was
    CompletionStage<Boolean> remove(String key);

    /// Removes `expected` where that is there.
    ///
    /// @return whether it was
    CompletionStage<Boolean> remove(String key, byte[] expected);
}
