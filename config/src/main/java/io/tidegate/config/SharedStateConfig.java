package io.tidegate.config;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import org.jspecify.annotations.Nullable;

/// Where policies keep what outlives a request.
@Doc("Where policies keep what outlives a request.")
public record SharedStateConfig(
        @Doc("A Redis that several gateways share. Left out: in this process.") @Nullable RedisConfig redis,

        @Doc("Bounds of what is kept in this process: all of it without `redis`, and what stands in for Redis while that can't be reached.") @Default("{}") Memory memory) {

    /// What is so where nothing is declared.
    public static final SharedStateConfig IN_MEMORY = new SharedStateConfig(null,
            new Memory(100_000, new ByteSize(64L << 20)));

    /// Bounds of what is kept in this process.
    @Doc("Bounds of what is kept in this process. Where one is reached, what was put longest ago is dropped, of the type of policy that has most there.")
    public record Memory(
            @Doc("Most values.") @Default("100000") @Range(min = 16, max = 100_000_000) int maxEntries,

            @Doc("Most memory for them, what keeping them costs included.") @Default("64MiB") ByteSize maxSize) {

        private static final long MOST_BYTES = 1L << 40;

        /// Refuses a store without a bound.
        public Memory {
            if (maxSize.bytes() > MOST_BYTES) {
                throw new IllegalArgumentException("'maxSize' must be at most 1TiB (was " + maxSize + ")");
            }
        }
    }
}
