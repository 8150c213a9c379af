package io.tidegate.api;

import java.time.Duration;

/// Work of policies that no request waits for: asking for keys again before they are too old.
public interface Background {

    /// Something that is to be done later.
    interface Task {

        /// It is not to be done any more. What has begun goes on.
        void cancel();
    }

    /// Runs `work` on a virtual thread, where it may block.
    ///
    /// Nothing holds it back but `delay`: whoever asks for it cancels it when closed.
    ///
    /// @param delay
    ///            from now; zero for at once
    Task later(Duration delay, Runnable work);
}
