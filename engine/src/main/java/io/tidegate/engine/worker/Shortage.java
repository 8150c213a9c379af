package io.tidegate.engine.worker;

/// What the whole process is short of, and when its event loops count as late: written beside them, read by each with
/// every tick.
///
/// @param lagBegin
///            how late a loop may be before that counts, in nanoseconds
/// @param lagEnd
///            how late it is where nothing can be served any more, in nanoseconds
/// @param level
///            how short memory is, 0 to 1
/// @param cause
///            which memory that is
/// @param connections
///            how short connections are, 0 to 1
public record Shortage(double lagBegin, double lagEnd, double level, Pressure.Cause cause, double connections) {

    /// Of nothing, and no loop is ever late.
    public static final Shortage NONE = new Shortage(Double.MAX_VALUE, Double.POSITIVE_INFINITY, 0,
            Pressure.Cause.HEAP, 0);

    /// How far `value` has come on its way from `begin` to `end`, 0 to 1.
    public static double between(double value, double begin, double end) {
        return value <= begin ? 0 : value >= end ? 1 : (value - begin) / (end - begin);
    }
}
