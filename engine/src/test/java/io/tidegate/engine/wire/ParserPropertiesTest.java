package io.tidegate.engine.wire;

import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/// Every parser against a second one, on other messages with every run. A failure tells the seed of its message; with
/// that the comparison can be repeated.
class ParserPropertiesTest {

    private static final int TRIES = 5_000;

    @Provide
    Arbitrary<Long> seeds() {
        return Arbitraries.randomValue(Random::nextLong);
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void requestHeadsMeanWhatTheReferenceReadsInThem(@ForAll("seeds") long seed) throws Exception {
        HeadComparison.request(seed);
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void responseHeadsMeanWhatTheReferenceReadsInThem(@ForAll("seeds") long seed) throws Exception {
        HeadComparison.response(seed);
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void chunkedBodiesHoldWhatTheReferenceReadsInThem(@ForAll("seeds") long seed) {
        ChunkComparison.body(seed);
    }

    @Property(tries = TRIES, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void canonicalPathsAreCanonicalAlready(@ForAll("seeds") long seed) {
        HeadComparison.path(seed);
    }
}
