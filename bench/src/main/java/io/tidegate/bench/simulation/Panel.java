package io.tidegate.bench.simulation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One of the diagrams of a plot, with the lines in it.
final class Panel {

    /// @param name
    ///            of what it shows, once per plot
    record Line(String name, List<Double> xs, List<Double> ys) {
    }

    private final String title;
    private final List<Line> lines = new ArrayList<>();
    private boolean logarithmic;
    private double shadeFrom = Double.NaN;
    private double shadeTo = Double.NaN;

    /// @param title
    ///            what is shown, with its unit
    Panel(String title) {
        this.title = title;
    }

    /// Adds a line of a value per second.
    Panel line(String name, double[] perSecond) {
        double[] xs = new double[perSecond.length];
        for (int i = 0; i < xs.length; i++) {
            xs[i] = i;
        }
        return line(name, xs, perSecond);
    }

    /// Adds a line.
    Panel line(String name, double[] xs, double[] ys) {
        lines.add(new Line(name, Arrays.stream(xs).boxed().toList(), Arrays.stream(ys).boxed().toList()));
        return this;
    }

    /// Shows values by their order of magnitude.
    Panel logarithmic() {
        logarithmic = true;
        return this;
    }

    /// Marks the time in which something is wrong.
    Panel shade(double from, double to) {
        shadeFrom = from;
        shadeTo = to;
        return this;
    }

    String title() {
        return title;
    }

    List<Line> lines() {
        return lines;
    }

    boolean isLogarithmic() {
        return logarithmic;
    }

    double shadeFrom() {
        return shadeFrom;
    }

    double shadeTo() {
        return shadeTo;
    }
}
