package io.tidegate.engine.mirror;

import io.tidegate.engine.mirror.Comparison.Outcome;
import io.tidegate.engine.mirror.MirrorReport.Difference;
import io.tidegate.engine.observe.MirrorCells.Result;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// Compares two documents of JSON by their values.
final class JsonComparison {

    private static final int DEEPEST = 200;
    /// Numbers as long as these are compared as texts: what is done with their digits takes time.
    private static final int LONGEST_NUMBER = 100;
    /// An array without order is compared by going through all pairs.
    private static final int MOST_PAIRED = 1000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST)
                    .maxNumberLength(LONGEST_NUMBER).build())
            .build();

    private final CompareRules rules;
    private final ShownValues shown;
    private final List<Difference> found = new ArrayList<>();
    private final List<String> place = new ArrayList<>();
    /// Whether it is enough to know that there is a difference.
    private boolean asked;
    private int count;

    JsonComparison(CompareRules rules) {
        this.rules = rules;
        this.shown = new ShownValues(rules.showsValues());
    }

    /// Compares them.
    ///
    /// @return null where one of them is no JSON
    @Nullable
    Outcome run(byte[] service, byte[] mirror) {
        Object theirs;
        Object ours;
        try {
            theirs = read(service);
            ours = read(mirror);
        } catch (JacksonException | ArithmeticException | NumberFormatException e) {
            return null;
        }
        compare(theirs, ours);
        return new Outcome(count == 0 ? Result.SAME : Result.BODY, List.copyOf(found), count - found.size(), null);
    }

    private static @Nullable Object read(byte[] body) {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), body)) {
            json.nextToken();
            Object value = value(json);
            if (json.nextToken() != null) {
                throw new NumberFormatException("more than one value");
            }
            return value;
        }
    }

    private static @Nullable Object value(JsonParser json) {
        JsonToken token = json.currentToken();
        if (token == null) {
            throw new NumberFormatException("no value");
        }
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    String name = json.currentName();
                    json.nextToken();
                    fields.put(name, value(json));
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<@Nullable Object> items = new ArrayList<>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(json));
                }
                yield items;
            }
            case VALUE_STRING -> json.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new BigDecimal(json.getString());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> null;
        };
    }

    private void compare(@Nullable Object theirs, @Nullable Object ours) {
        if ((asked && count > 0) || rules.ignores(place)) {
            return;
        }
        if (theirs instanceof Map<?, ?> one && ours instanceof Map<?, ?> other) {
            objects(one, other);
        } else if (theirs instanceof List<?> one && ours instanceof List<?> other) {
            if (rules.isUnordered(place) && Math.max(one.size(), other.size()) <= MOST_PAIRED) {
                sets(one, other);
            } else {
                arrays(one, other);
            }
        } else if (theirs instanceof BigDecimal one && ours instanceof BigDecimal other) {
            if (one.compareTo(other) != 0) {
                differ(shown.json(name(), one), shown.json(name(), other));
            }
        } else if (!Objects.equals(theirs, ours)) {
            differ(shown.json(name(), theirs), shown.json(name(), ours));
        }
    }

    private void objects(Map<?, ?> theirs, Map<?, ?> ours) {
        theirs.forEach((key, value) -> {
            String name = String.valueOf(key);
            if (ours.containsKey(key)) {
                below(name, value, ours.get(key));
            } else {
                missing(name, value, true);
            }
        });
        ours.forEach((key, value) -> {
            if (!theirs.containsKey(key)) {
                missing(String.valueOf(key), value, false);
            }
        });
    }

    private void arrays(List<?> theirs, List<?> ours) {
        for (int i = 0; i < Math.max(theirs.size(), ours.size()); i++) {
            String index = Integer.toString(i);
            if (i < theirs.size() && i < ours.size()) {
                below(index, theirs.get(i), ours.get(i));
            } else {
                missing(index, i < theirs.size() ? theirs.get(i) : ours.get(i), i < theirs.size());
            }
        }
    }

    /// What finds no counterpart differs. Each finds the first that is the same by all rules, which is enough: what is
    /// the same as one is the same as all that are the same as that.
    private void sets(List<?> theirs, List<?> ours) {
        List<@Nullable Object> rest = new ArrayList<>(ours);
        for (int i = 0; i < theirs.size(); i++) {
            Object one = theirs.get(i);
            place.add(Integer.toString(i));
            int at = 0;
            while (at < rest.size() && !isSame(one, rest.get(at))) {
                at++;
            }
            if (at < rest.size()) {
                rest.remove(at);
            } else if (!rules.ignores(place)) {
                differ(shown.json(name(), one), ShownValues.NOTHING);
            }
            place.removeLast();
        }
        for (int i = 0; i < rest.size(); i++) {
            missing(JsonPlaceText.SOME, rest.get(i), false);
        }
    }

    private boolean isSame(@Nullable Object one, @Nullable Object other) {
        JsonComparison inner = new JsonComparison(rules);
        inner.place.addAll(place);
        inner.asked = true;
        inner.compare(one, other);
        return inner.count == 0;
    }

    private void below(String step, @Nullable Object theirs, @Nullable Object ours) {
        place.add(step);
        compare(theirs, ours);
        place.removeLast();
    }

    private void missing(String step, @Nullable Object value, boolean atMirror) {
        place.add(step);
        if (!rules.ignores(place)) {
            String told = shown.json(name(), value);
            differ(atMirror ? told : ShownValues.NOTHING, atMirror ? ShownValues.NOTHING : told);
        }
        place.removeLast();
    }

    /// The key that the value stands at; that of the array for what stands in one.
    private String name() {
        for (int i = place.size() - 1; i >= 0; i--) {
            if (!place.get(i).chars().allMatch(c -> c >= '0' && c <= '9')) {
                return place.get(i);
            }
        }
        return "";
    }

    private void differ(String theirs, String ours) {
        count++;
        if (found.size() < Comparison.MOST_DIFFERENCES) {
            found.add(new Difference(JsonPlaceText.of(place), theirs, ours));
        }
    }
}
