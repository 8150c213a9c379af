package io.tidegate.policies.idempotency;

import io.tidegate.api.StateStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/// The key of one request that is being served.
///
/// ```
/// ASKED ─ nobody has it ─▶ HELD ─ answered ─▶ SETTLED, with the answer kept or the key given back
///   └─ the exchange ends first ─▶ LEFT ─ nobody has it ─▶ given back
/// ```
///
/// The store answers on a thread of its own, while the exchange may be over: hence the atomic state.
final class Claim {

    private enum State {
        ASKED, HELD, LEFT, SETTLED
    }

    private final StateStore store;
    private final String place;
    private final byte[] lock;
    private final AtomicReference<State> state = new AtomicReference<>(State.ASKED);

    Claim(StateStore store, String place, byte[] lock) {
        this.store = store;
        this.place = place;
        this.lock = lock;
    }

    byte[] lock() {
        return lock;
    }

    /// The store has given the key to this request.
    void taken() {
        if (!state.compareAndSet(State.ASKED, State.HELD)) {
            giveBack();
        }
    }

    /// Whether the key is this request's, and nothing has been done with it.
    boolean isHeld() {
        return state.get() == State.HELD;
    }

    /// The exchange is over before the store has answered.
    void leave() {
        state.compareAndSet(State.ASKED, State.LEFT);
    }

    /// The key is free again: a repeat is served.
    void release() {
        if (state.compareAndSet(State.HELD, State.SETTLED)) {
            giveBack();
        }
    }

    private void giveBack() {
        // Where it fails the key is free once its time is over.
        store.remove(place, lock);
    }

    /// Keeps the answer, where nobody else has got the key meanwhile.
    ///
    /// @return completes once that is done
    CompletionStage<Boolean> keep(byte[] answer, Duration life) {
        if (!state.compareAndSet(State.HELD, State.SETTLED)) {
            return CompletableFuture.completedFuture(false);
        }
        return store.replace(place, lock, answer, life)
                .thenCompose(done -> done
                        ? CompletableFuture.completedFuture(true)
                        // It was taken in another store, which is out of reach now or was then.
                        : store.putIfAbsent(place, answer, life).thenApply(java.util.Optional::isEmpty));
    }
}
