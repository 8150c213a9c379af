package io.tidegate.engine.route;

import io.tidegate.engine.route.ValueTest.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The candidates of one crowded place by the value of the header field, cookie or query parameter that most of them
/// compare: a thousand tenants told apart by one field cost one look-up, not a thousand comparisons.
///
/// @param from
///            first candidate of the place
/// @param key
///            what is compared
/// @param byValue
///            indexes of the candidates that want exactly this value, in order of rank
/// @param others
///            indexes of all other candidates, in order of rank
@SuppressWarnings("ArrayRecordComponent")
record Dispatch(int from, Key key, Map<String, int[]> byValue, int[] others) {

    /// Most candidates that are tried one after the other without looking for something that tells them apart.
    static final int CROWD = 8;

    private static final int[] NOBODY = {};

    /// A header field, a cookie or a query parameter.
    record Key(Place place, String name) {
    }

    /// The dispatch of the candidates between `from` and `to`, or null where few of them compare the same thing.
    static @Nullable Dispatch of(Candidate[] candidates, int from, int to) {
        Map<Key, Integer> counts = new HashMap<>();
        for (int i = from; i < to; i++) {
            exactValues(candidates[i]).keySet().forEach(key -> counts.merge(key, 1, Integer::sum));
        }
        Key best = null;
        int most = CROWD / 2;
        for (Map.Entry<Key, Integer> entry : counts.entrySet()) {
            if (entry.getValue() > most) {
                most = entry.getValue();
                best = entry.getKey();
            }
        }
        return best == null ? null : of(candidates, from, to, best);
    }

    private static Dispatch of(Candidate[] candidates, int from, int to, Key key) {
        Map<String, List<Integer>> byValue = new HashMap<>();
        List<Integer> others = new ArrayList<>();
        for (int i = from; i < to; i++) {
            String value = exactValues(candidates[i]).get(key);
            (value == null ? others : byValue.computeIfAbsent(value, any -> new ArrayList<>(1))).add(i);
        }
        Map<String, int[]> indexes = new HashMap<>();
        byValue.forEach((value, list) -> indexes.put(value, indexes(list)));
        return new Dispatch(from, key, indexes, indexes(others));
    }

    private static Map<Key, String> exactValues(Candidate candidate) {
        Map<Key, String> values = new HashMap<>();
        collect(candidate.terms().headers(), values);
        collect(candidate.terms().query(), values);
        return values;
    }

    private static void collect(List<ValueTest> tests, Map<Key, String> into) {
        for (ValueTest test : tests) {
            String exact = test.wanted().exact();
            if (exact != null) {
                into.put(new Key(test.place(), test.name()), exact);
            }
        }
    }

    private static int[] indexes(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }

    /// The candidates that want the value that the request has; of a parameter with several values, the first. Whether
    /// they fit is still to be tested.
    int[] wanting(RequestValues values, RouteInput input) {
        String value = switch (key.place()) {
            case HEADER -> values.header(input, key.name());
            case COOKIE -> values.cookie(input, key.name());
            case QUERY -> {
                List<String> all = values.query(input, key.name());
                yield all.isEmpty() ? null : all.getFirst();
            }
        };
        return value == null ? NOBODY : byValue.getOrDefault(value, NOBODY);
    }
}
