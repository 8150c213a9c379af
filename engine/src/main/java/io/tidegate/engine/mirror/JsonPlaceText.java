package io.tidegate.engine.mirror;

import java.util.List;

/// Places in documents of JSON, as people read them: `$.order.items[0].id`.
final class JsonPlaceText {

    /// Stands for an item of an array without order.
    static final String SOME = "*";

    private static final int LONGEST_STEP = 60;
    private static final int MOST_STEPS = 20;

    private JsonPlaceText() {
    }

    static String of(List<String> place) {
        StringBuilder text = new StringBuilder("$");
        for (int i = 0; i < Math.min(place.size(), MOST_STEPS); i++) {
            String step = place.get(i);
            String shown = step.length() > LONGEST_STEP ? step.substring(0, LONGEST_STEP) + "…" : step;
            if (step.equals(SOME) || (!step.isEmpty() && step.chars().allMatch(c -> c >= '0' && c <= '9'))) {
                text.append('[').append(shown).append(']');
            } else if (step.matches("[A-Za-z_][A-Za-z0-9_-]*")) {
                text.append('.').append(shown);
            } else {
                text.append("['").append(shown).append("']");
            }
        }
        return place.size() > MOST_STEPS ? text.append('…').toString() : text.toString();
    }
}
