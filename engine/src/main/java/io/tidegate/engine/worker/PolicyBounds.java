package io.tidegate.engine.worker;

import java.time.Duration;

/// What the policies of a gateway may make it keep and wait for.
///
/// @param heldBytes
///            most memory for bodies that they hold, over all event loops together, in bytes
/// @param longestWait
///            longest wait for what one of them awaits
public record PolicyBounds(long heldBytes, Duration longestWait) {

    /// Most memory for held bodies on one event loop, in bytes.
    private static final long MOST_PER_WORKER = 256L << 20;

    /// Part of the heap that may be taken up by held bodies: a body that grows is there twice for a moment, and is
    /// copied once more when it goes on.
    private static final int PART_OF_HEAP = 4;

    private static final Duration WAIT = Duration.ofSeconds(30);

    /// Refuses bounds that let nothing be done.
    public PolicyBounds {
        if (heldBytes < 0) {
            throw new IllegalArgumentException("heldBytes must be at least 0 (was " + heldBytes + ")");
        }
        if (!longestWait.isPositive()) {
            throw new IllegalArgumentException("longestWait must be longer than 0 (was " + longestWait + ")");
        }
    }

    /// Those of this process: a quarter of its heap, and 30 s.
    public static PolicyBounds ofProcess() {
        return new PolicyBounds(Runtime.getRuntime().maxMemory() / PART_OF_HEAP, WAIT);
    }

    /// The share of one event loop of `workers`: never more than 256 MiB.
    long heldBytesOfOne(int workers) {
        return Math.min(MOST_PER_WORKER, heldBytes / workers);
    }
}
