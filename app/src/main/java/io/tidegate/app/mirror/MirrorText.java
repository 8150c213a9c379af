package io.tidegate.app.mirror;

import io.tidegate.engine.mirror.MirrorReport;
import io.tidegate.engine.mirror.MirrorReport.Difference;
import io.tidegate.engine.mirror.MirrorReport.Example;
import io.tidegate.engine.mirror.MirrorReport.Latency;
import io.tidegate.engine.mirror.MirrorReport.Side;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Writes what came of mirrors for people.
public final class MirrorText {

    private static final List<String> COMPARED = List.of("same", "status", "headers", "body");

    private final StringBuilder out = new StringBuilder();

    private MirrorText() {
    }

    /// The lines, each ended by a line break.
    ///
    /// @param reports
    ///            by name of the route
    public static String write(Map<String, MirrorReport> reports) {
        MirrorText text = new MirrorText();
        if (reports.isEmpty()) {
            text.line("No route has a mirror.");
        }
        reports.forEach(text::report);
        return text.out.toString();
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    private void report(String route, MirrorReport report) {
        if (!out.isEmpty()) {
            line("");
        }
        line("route " + route + ", mirrored to " + report.upstream());
        long sent = sum(report.results());
        long compared = COMPARED.stream().mapToLong(name -> report.results().getOrDefault(name, 0L)).sum();
        line("  copies sent        " + sent);
        if (compared > 0) {
            COMPARED.forEach(name -> share(name.equals("same") ? "same" : "other " + name,
                    report.results().getOrDefault(name, 0L), compared));
        }
        count("not compared", report.results().getOrDefault("uncompared", 0L), report.uncompared());
        count("answered, dropped", report.results().getOrDefault("answered", 0L), Map.of());
        count("failed", report.results().getOrDefault("failed", 0L), report.faults());
        count("not copied", sum(report.skipped()), report.skipped());
        latency("mirror slower", report.slower());
        latency("mirror faster", report.faster());
        if (!report.examples().isEmpty()) {
            line("  the last that differ");
            report.examples().forEach(this::example);
        }
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static String padded(String text) {
        return "  " + text + " ".repeat(Math.max(1, 19 - text.length()));
    }

    private void share(String name, long count, long of) {
        line(padded(name) + count + "  (" + String.format(Locale.ROOT, "%.2f", count * 100.0 / of) + "%)");
    }

    private void count(String name, long count, Map<String, Long> causes) {
        if (count > 0) {
            StringBuilder parts = new StringBuilder();
            causes.forEach((cause, number) -> parts.append(parts.isEmpty() ? "  " : ", ").append(cause).append(' ')
                    .append(number));
            line(padded(name) + count + parts);
        }
    }

    private void latency(String name, Latency latency) {
        if (latency.count() > 0) {
            line(padded(name) + latency.count() + "  by " + millis(latency.seconds()) + " on average");
        }
    }

    private static String millis(double seconds) {
        return String.format(Locale.ROOT, "%.1f ms", seconds * 1000);
    }

    private void example(Example example) {
        line("    " + example.time() + "  " + example.request() + "  " + example.requestId());
        line("      service " + side(example.service()) + ", mirror " + side(example.mirror()));
        for (Difference difference : example.differences()) {
            line("      " + difference.place() + ": " + difference.service() + " -> " + difference.mirror());
        }
        if (example.more() > 0) {
            line("      and " + example.more() + " more");
        }
    }

    private static String side(Side side) {
        return side.status() + " after " + millis(side.seconds());
    }
}
