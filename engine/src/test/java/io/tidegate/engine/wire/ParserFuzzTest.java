package io.tidegate.engine.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.engine.wire.HeadComparison.Verdict;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Every parser against a second one, on the same messages with every run. [ParserPropertiesTest] takes others each
/// time.
class ParserFuzzTest {

    private static final int MESSAGES = 50_000;
    private static final long SEED = 20_261_124;

    /// Compares two parsers on the message of a seed.
    @FunctionalInterface
    private interface Comparison {
        Verdict of(long seed) throws Exception;
    }

    private static void compare(Comparison comparison) throws Exception {
        Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
        for (int i = 0; i < MESSAGES; i++) {
            counts.merge(comparison.of(SEED + i), 1, Integer::sum);
        }
        // The comparison means something only where both sides are well represented.
        assertThat(counts.getOrDefault(Verdict.ACCEPTED, 0)).isGreaterThan(MESSAGES / 20);
        assertThat(counts.getOrDefault(Verdict.REFUSED, 0)).isGreaterThan(MESSAGES / 20);
    }

    @Test
    void agreesWithTheReferenceOnWhatIsARequestHeadAndWhatItSays() throws Exception {
        compare(HeadComparison::request);
    }

    @Test
    void agreesWithTheReferenceOnWhatIsAResponseHeadAndWhatItSays() throws Exception {
        compare(HeadComparison::response);
    }

    @Test
    void agreesWithTheReferenceOnWhatIsAChunkedBodyAndWhatItHolds() throws Exception {
        compare(ChunkComparison::body);
    }

    @Test
    void canonicalPathsAreCanonicalAlready() throws Exception {
        compare(HeadComparison::path);
    }
}
