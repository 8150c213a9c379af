package io.tidegate.engine.worker;

/// What the whole process is short of, and how late its event loops may be: written beside them, read by each with
/// every tick.
///
/// @param lag
///            how late a loop should be at most, in nanoseconds; infinite where that does not count
/// @param level
///            how short memory is, 0 to 1
/// @param cause
///            which memory that is
/// @param connections
///            how short connections are, 0 to 1
public record Shortage(double lag, double level, Pressure.Cause cause, double connections) {

    /// Of nothing, and no loop is ever late.
    public static final Shortage NONE = new Shortage(Double.POSITIVE_INFINITY, 0, Pressure.Cause.HEAP,
            0);

    /// How far `value` has come on its way from `begin` to `end`, 0 to 1.
    public static double between(double value, double begin, double end) {
        return value <= begin ? 0 : value >= end ? 1 : (value - begin) / (end - begin);
    }
}
