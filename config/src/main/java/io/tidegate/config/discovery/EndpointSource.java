package io.tidegate.config.discovery;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Tells of the endpoints of one upstream. Called by one thread, a virtual one, but for [#close].
public interface EndpointSource extends AutoCloseable {

    /// What a source tells.
    ///
    /// @param endpoints
    ///            all that there are
    /// @param pause
    ///            how long to wait before it is asked again
    record Answer(List<Found> endpoints, Duration pause) {

        /// Copies what it is given.
        public Answer {
            endpoints = List.copyOf(endpoints);
        }
    }

    /// Asks, and waits for an answer: the first time for any, later it may wait until something changes.
    ///
    /// @throws IOException
    ///             where there is none; the message is for whoever runs the gateway, and holds no secret. It is asked
    ///             again a while later
    /// @throws InterruptedException
    ///             where the thread was interrupted meanwhile
    Answer next() throws IOException, InterruptedException;

    /// Ends it. Whoever waits for an answer gets an [IOException].
    @Override
    void close();
}
