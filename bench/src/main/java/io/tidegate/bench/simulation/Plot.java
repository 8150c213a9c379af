package io.tidegate.bench.simulation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Draws panels, one below the other over the same axis, as SVG.
final class Plot {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 190;
    private static final int LEFT = 64;
    private static final int RIGHT = 16;
    private static final int TOP = 34;
    private static final int GAP = 44;
    private static final int LEGEND = 28;
    /// Told apart by people who do not see all colours too.
    private static final List<String> COLOURS = List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00");

    private final StringBuilder svg = new StringBuilder();
    private final List<String> names;
    private final List<Panel> panels;
    private final String axis;

    private Plot(String axis, List<Panel> panels) {
        this.axis = axis;
        this.panels = panels;
        Set<String> found = new LinkedHashSet<>();
        panels.forEach(panel -> panel.lines().forEach(line -> found.add(line.name())));
        this.names = List.copyOf(found);
    }

    /// The panels as a document.
    ///
    /// @param axis
    ///            what the horizontal axis shows
    static String svg(String axis, List<Panel> panels) {
        return new Plot(axis, panels).draw();
    }

    private String draw() {
        int height = LEGEND + panels.size() * (HEIGHT + GAP) + 8;
        add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">",
                WIDTH, height);
        add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, height);
        legend();
        for (int i = 0; i < panels.size(); i++) {
            panel(panels.get(i), LEGEND + i * (HEIGHT + GAP), i == panels.size() - 1);
        }
        return svg.append("</svg>\n").toString();
    }

    private void legend() {
        int x = LEFT;
        for (int i = 0; i < names.size(); i++) {
            add("<rect x=\"%d\" y=\"13\" width=\"18\" height=\"3\" fill=\"%s\"/>", x, colour(i));
            add("<text x=\"%d\" y=\"19\" fill=\"#222222\">%s</text>", x + 24, names.get(i));
            x += 40 + 7 * names.get(i).length();
        }
    }

    private static String colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    private void panel(Panel panel, int y, boolean last) {
        Scale across = Scale.of(panel.lines().stream().map(Panel.Line::xs).toList(), false);
        Scale up = Scale.of(panel.lines().stream().map(Panel.Line::ys).toList(), panel.isLogarithmic());
        int top = y + TOP;
        int bottom = y + HEIGHT;
        add("<text x=\"%d\" y=\"%d\" fill=\"#222222\" font-weight=\"bold\">%s</text>", LEFT, y + 22, panel.title());
        if (!Double.isNaN(panel.shadeFrom())) {
            double from = x(across, panel.shadeFrom());
            add("<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#f2e6d8\"/>", from, top,
                    x(across, panel.shadeTo()) - from, bottom - top);
        }
        for (double tick : up.ticks()) {
            double at = y(up, tick, top, bottom);
            add("<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#dddddd\"/>", LEFT, at, WIDTH - RIGHT, at);
            add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#555555\">%s</text>", LEFT - 6, at + 4,
                    Scale.words(tick));
        }
        for (double tick : across.ticks()) {
            add("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" fill=\"#555555\">%s</text>", x(across, tick),
                    bottom + 15, Scale.words(tick));
        }
        if (last) {
            add("<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#555555\">%s</text>", WIDTH - RIGHT, bottom + 32,
                    axis);
        }
        for (Panel.Line line : panel.lines()) {
            line(line, across, up, top, bottom);
        }
    }

    private void line(Panel.Line line, Scale across, Scale up, int top, int bottom) {
        List<String> parts = new ArrayList<>();
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < line.xs().size(); i++) {
            if (Double.isNaN(line.ys().get(i))) {
                parts.add(points.toString());
                points.setLength(0);
            } else {
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(across, line.xs().get(i)),
                        y(up, line.ys().get(i), top, bottom)));
            }
        }
        parts.add(points.toString());
        for (String part : parts) {
            if (!part.isEmpty()) {
                add("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\"/>", part.strip(),
                        colour(names.indexOf(line.name())));
            }
        }
    }

    private static double x(Scale scale, double value) {
        return LEFT + scale.part(value) * (WIDTH - LEFT - RIGHT);
    }

    private static double y(Scale scale, double value, int top, int bottom) {
        return bottom - scale.part(value) * (bottom - top);
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would need a library
    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
