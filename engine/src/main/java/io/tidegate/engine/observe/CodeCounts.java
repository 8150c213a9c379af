package io.tidegate.engine.observe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counters by a code that is known only when it comes, such as that of a fault: for what is not every request's lot.
/// One thread writes, any reads. The first count of a code allocates, the others do not.
final class CodeCounts {

    /// Most codes told apart; what comes beyond is counted under [Metrics#OTHER].
    static final int MAX_CODES = 256;

    private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

    private final ConcurrentHashMap<String, long[]> counts = new ConcurrentHashMap<>();

    /// The codes of an enum, by ordinal: its names in lower case.
    static String[] words(Enum<?>[] constants) {
        String[] words = new String[constants.length];
        for (Enum<?> constant : constants) {
            words[constant.ordinal()] = constant.name().toLowerCase(Locale.ROOT);
        }
        return words;
    }

    /// Counts `code`; called by the owner only.
    void add(String code) {
        long[] count = counts.get(code);
        if (count == null) {
            count = first(code);
        }
        count[0]++;
    }

    private long[] first(String code) {
        String name = counts.size() < MAX_CODES ? code : Metrics.OTHER;
        return counts.computeIfAbsent(name, ignored -> new long[1]);
    }

    /// Adds what was counted to `totals`, from any thread.
    void addTo(Map<String, Long> totals) {
        counts.forEach((code, count) -> totals.merge(code, (long) ELEMENT.getOpaque(count, 0), Long::sum));
    }
}
