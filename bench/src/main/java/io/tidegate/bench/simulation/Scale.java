package io.tidegate.bench.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Where values are along an axis: from nothing to the largest, or by their order of magnitude.
final class Scale {

    private static final int TICKS = 4;
    private static final double[] ROUND = {1, 2, 2.5, 5, 10};

    private final double least;
    private final double most;
    private final boolean logarithmic;

    private Scale(double least, double most, boolean logarithmic) {
        this.least = least;
        this.most = most;
        this.logarithmic = logarithmic;
    }

    /// An axis on which all of these have a place.
    static Scale of(List<List<Double>> all, boolean logarithmic) {
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        for (List<Double> values : all) {
            for (double value : values) {
                if (!Double.isNaN(value)) {
                    most = Math.max(most, value);
                    least = value > 0 ? Math.min(least, value) : least;
                }
            }
        }
        if (most == 0) {
            return new Scale(0, 1, false);
        }
        return logarithmic
                ? orders(StrictMath.floor(StrictMath.log10(least) + 1e-9),
                        StrictMath.ceil(StrictMath.log10(most) - 1e-9))
                : new Scale(0, most, false);
    }

    private static Scale orders(double from, double to) {
        return new Scale(power(from), power(Math.max(to, from + 1)), true);
    }

    private static double power(double exponent) {
        return StrictMath.pow(10, exponent);
    }

    /// How far along the axis a value is, 0 to 1.
    double part(double value) {
        if (!logarithmic) {
            return value / most;
        }
        double from = StrictMath.log10(least);
        return Math.max(0, (StrictMath.log10(Math.max(value, least)) - from) / (StrictMath.log10(most) - from));
    }

    /// Values to write beside the axis.
    List<Double> ticks() {
        List<Double> found = new ArrayList<>();
        if (logarithmic) {
            for (double tick = least; tick <= most * 1.001; tick *= 10) {
                found.add(tick);
            }
            return found;
        }
        double step = step();
        for (int i = 0; i * step <= most * 1.001; i++) {
            found.add(i * step);
        }
        return found;
    }

    private double step() {
        double rough = most / TICKS;
        double power = power(StrictMath.floor(StrictMath.log10(rough)));
        for (double round : ROUND) {
            if (round * power >= rough * 0.999) {
                return round * power;
            }
        }
        return 10 * power;
    }

    /// A value as it is written beside an axis.
    static String words(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,d", (long) value)
                : String.format(Locale.ROOT, "%s", Math.round(value * 100) / 100.0);
    }
}
