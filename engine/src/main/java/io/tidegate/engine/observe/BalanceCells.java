package io.tidegate.engine.observe;

import java.util.Locale;

/// What one event loop counts of how endpoints of one upstream are chosen: only what is out of the ordinary.
public final class BalanceCells extends Cells {

    /// What became of a cookie that keeps a client with an endpoint.
    public enum Cookie {
        /// The endpoint that it names has answered.
        KEPT,
        /// There was none that could be read: one was made.
        MADE,
        /// Another endpoint than the one it names has answered, and it was made anew.
        MOVED,
        /// It was not made by this gateway, or one with the same secret.
        FORGED,
        /// Its time is over.
        EXPIRED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int SPILLED = Cookie.values().length;
    private static final int PASSED = SPILLED + 1;

    BalanceCells() {
        super(PASSED + 1);
    }

    /// Counts a cookie.
    public void cookie(Cookie what) {
        add(what.ordinal(), 1);
    }

    /// A request goes to another zone than the gateway's.
    public void spilled() {
        add(SPILLED, 1);
    }

    /// A request goes past the endpoint that its key belongs to, which has no room.
    public void passed() {
        add(PASSED, 1);
    }

    long cookies(Cookie what) {
        return read(what.ordinal());
    }

    long spills() {
        return read(SPILLED);
    }

    long passes() {
        return read(PASSED);
    }
}
