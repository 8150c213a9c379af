package io.tidegate.engine.observe;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Values that others answer for, asked for with every scrape.
final class Suppliers {

    private static final Logger LOG = LoggerFactory.getLogger(Suppliers.class);
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern LABEL = Pattern.compile("(?!__)[a-zA-Z_][a-zA-Z0-9_]*");

    private final Map<String, Family> families = new TreeMap<>();

    private record Family(SeriesType type, String help, Map<String, DoubleSupplier> samples) {
    }

    synchronized Metrics.Registration add(String name, SeriesType type, String help, DoubleSupplier value,
            String... labels) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name must match " + NAME + " (was '" + name + "')");
        }
        String text = labels(labels);
        Family family = families.get(name);
        if (family == null) {
            family = new Family(type, help, new LinkedHashMap<>());
        } else if (family.type != type || !family.help.equals(help)) {
            throw new IllegalArgumentException("'" + name + "' must be declared the same way everywhere (was '"
                    + family.help + "', now '" + help + "')");
        }
        if (family.samples.putIfAbsent(text, value) != null) {
            throw new IllegalArgumentException(
                    "'" + name + '{' + text + "}' must be declared once (was there already)");
        }
        families.put(name, family);
        return () -> remove(name, text, value);
    }

    private static String labels(String... labels) {
        if (labels.length % 2 != 0) {
            throw new IllegalArgumentException("labels must be names and values by turns (were " + labels.length + ")");
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < labels.length; i += 2) {
            if (!LABEL.matcher(labels[i]).matches()) {
                throw new IllegalArgumentException("label must match " + LABEL + " (was '" + labels[i] + "')");
            }
            text.append(i > 0 ? "," : "").append(PrometheusWriter.label(labels[i], labels[i + 1]));
        }
        return text.toString();
    }

    private synchronized void remove(String name, String labels, DoubleSupplier value) {
        Family family = families.get(name);
        if (family != null && family.samples.remove(labels, value) && family.samples.isEmpty()) {
            families.remove(name);
        }
    }

    /// Writes all of them. One that fails is left out, and does not keep the others from being read.
    synchronized void writeTo(PrometheusWriter out) throws IOException {
        for (Map.Entry<String, Family> entry : families.entrySet()) {
            Family family = entry.getValue();
            out.family(entry.getKey(), family.type, family.help);
            for (Map.Entry<String, DoubleSupplier> sample : family.samples.entrySet()) {
                double value;
                try {
                    value = sample.getValue().getAsDouble();
                } catch (RuntimeException e) {
                    LOG.debug("can't read {}", entry.getKey(), e);
                    continue;
                }
                out.sample(entry.getKey(), sample.getKey(), value);
            }
        }
    }
}
