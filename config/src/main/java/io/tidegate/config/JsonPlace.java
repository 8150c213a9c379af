package io.tidegate.config;

import java.util.ArrayList;
import java.util.List;

/// A place in a JSON document, or a pattern of places: `$.order.items[*].id`, `$..id`, `/order/items/*/id`.
///
/// @param steps
///            from the top: a key or an index as text, [#ANY] for one of either, [#DEEP] for any number of them
public record JsonPlace(List<String> steps) {

    /// Stands for one step, whatever it is.
    public static final String ANY = "*";
    /// Stands for any number of steps, none included.
    public static final String DEEP = "**";

    private static final String EXPECTED = "must be a place such as $.order.items[*].id or /order/items/*/id (was '";

    /// Copies what it is given.
    public JsonPlace {
        steps = List.copyOf(steps);
    }

    /// Reads either way of writing it.
    ///
    /// @throws IllegalArgumentException
    ///             for anything else, saying what was expected
    public static JsonPlace parse(String text) {
        List<String> steps = text.startsWith("/") ? pointer(text) : text.startsWith("$") ? path(text) : List.of();
        if (steps.isEmpty() || steps.getLast().equals(DEEP)) {
            throw new IllegalArgumentException(EXPECTED + text + "')");
        }
        return new JsonPlace(steps);
    }

    /// As RFC 6901 has it, and `*` and `**` beside.
    private static List<String> pointer(String text) {
        List<String> steps = new ArrayList<>();
        for (String step : text.substring(1).split("/", -1)) {
            steps.add(step.replace("~1", "/").replace("~0", "~"));
        }
        return steps;
    }

    private static List<String> path(String text) {
        List<String> steps = new ArrayList<>();
        int at = 1;
        while (at < text.length()) {
            int end;
            if (text.startsWith("..", at)) {
                steps.add(DEEP);
                at += text.startsWith("..[", at) ? 2 : 1;
                continue;
            } else if (text.charAt(at) == '[') {
                end = text.indexOf(']', at);
                String step = end < 0 ? "" : text.substring(at + 1, end);
                if (step.length() > 1 && step.charAt(0) == '\'' && step.endsWith("'")) {
                    step = step.substring(1, step.length() - 1);
                } else if (!step.matches("\\*|[0-9]{1,9}")) {
                    return List.of();
                }
                steps.add(step);
                end++;
            } else if (text.charAt(at) == '.') {
                end = at + 1;
                while (end < text.length() && text.charAt(end) != '.' && text.charAt(end) != '[') {
                    end++;
                }
                if (end == at + 1) {
                    return List.of();
                }
                steps.add(text.substring(at + 1, end));
            } else {
                return List.of();
            }
            at = end;
        }
        return steps;
    }

    /// Whether it means the place to which these steps lead, or one above it.
    public boolean covers(List<String> place) {
        return matches(0, place, 0, true);
    }

    /// Whether it means the place to which these steps lead.
    public boolean means(List<String> place) {
        return matches(0, place, 0, false);
    }

    private boolean matches(int step, List<String> place, int at, boolean above) {
        if (step == steps.size()) {
            return above || at == place.size();
        }
        String wanted = steps.get(step);
        if (wanted.equals(DEEP)) {
            for (int i = at; i <= place.size(); i++) {
                if (matches(step + 1, place, i, above)) {
                    return true;
                }
            }
            return false;
        }
        return at < place.size() && (wanted.equals(ANY) || wanted.equals(place.get(at)))
                && matches(step + 1, place, at + 1, above);
    }
}
