package io.tidegate.engine.observe;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A strict reader of Prometheus' text format: refuses whatever is not exactly as it should be.
final class PrometheusText {

    private static final Pattern HELP = Pattern.compile("# HELP ([a-z][a-z0-9_]*) ((?:[^\\\\\\n]|\\\\\\\\|\\\\n)+)");
    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-z][a-z0-9_]*) (counter|gauge|histogram|summary)");
    private static final Pattern SAMPLE = Pattern.compile("([a-z][a-z0-9_]*)(?:\\{(.+)})? (\\S+)");
    private static final Pattern LABEL = Pattern
            .compile("([a-z_][a-z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\\\\\|\\\\n|\\\\\")*)\"(,|$)");

    private final Map<String, String> types = new HashMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();
    private final Map<String, Double> lastBuckets = new HashMap<>();
    private String family = "";

    private PrometheusText() {
    }

    static PrometheusText read(CharSequence text) {
        PrometheusText read = new PrometheusText();
        if (text.isEmpty() || text.charAt(text.length() - 1) != '\n') {
            throw new AssertionError("the last line must end");
        }
        String helped = "";
        for (String line : List.of(text.toString().split("\n"))) {
            Matcher help = HELP.matcher(line);
            Matcher type = TYPE.matcher(line);
            if (help.matches()) {
                helped = help.group(1);
            } else if (type.matches()) {
                read.begin(type.group(1), type.group(2), helped);
            } else {
                read.sample(line);
            }
        }
        return read;
    }

    private void begin(String name, String type, String helped) {
        check(name.equals(helped), "TYPE without its HELP: " + name);
        check(types.put(name, type) == null, "declared twice: " + name);
        check(type.equals("counter") == name.endsWith("_total"), "name and type disagree: " + name);
        family = name;
    }

    private void sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        check(sample.matches(), "no sample: " + line);
        String name = sample.group(1);
        String type = types.getOrDefault(family, "");
        String base = name.replaceAll("_(bucket|sum|count)$", "");
        boolean parts = type.equals("histogram") || type.equals("summary");
        check(parts ? base.equals(family) && !base.equals(name) : name.equals(family), "outside its family: " + line);
        Map<String, String> labels = labels(sample.group(2) == null ? "" : sample.group(2));
        double value = sample.group(3).equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(sample.group(3));
        check(samples.put(name + new TreeMap<>(labels), value) == null, "twice: " + line);
        if (name.endsWith("_bucket")) {
            String le = labels.remove("le");
            check(le != null, "bucket without le: " + line);
            Double before = lastBuckets.put(base + labels, value);
            check(before == null || before <= value, "bucket smaller than the one below: " + line);
        } else if (type.equals("histogram") && name.endsWith("_count")) {
            check(lastBuckets.getOrDefault(base + labels, -1.0) == value, "count is not the last bucket: " + line);
        }
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        int at = 0;
        while (at < text.length()) {
            check(label.find(at) && label.start() == at, "no labels: " + text);
            String value = label.group(2).replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\");
            check(labels.put(label.group(1), value) == null, "label twice: " + text);
            at = label.end();
            check(at < text.length() == label.group(3).equals(","), "comma out of place: " + text);
        }
        return labels;
    }

    private static void check(boolean right, String message) {
        if (!right) {
            throw new AssertionError(message);
        }
    }

    /// The value of one series, labels and values by turns.
    double value(String name, String... labels) {
        Double value = samples.get(key(name, labels));
        check(value != null, "not there: " + key(name, labels) + " in " + samples.keySet());
        return value == null ? 0 : value;
    }

    boolean has(String name, String... labels) {
        return samples.containsKey(key(name, labels));
    }

    private static String key(String name, String... labels) {
        Map<String, String> sorted = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            sorted.put(labels[i], labels[i + 1]);
        }
        return name + sorted;
    }

    int size() {
        return samples.size();
    }
}
