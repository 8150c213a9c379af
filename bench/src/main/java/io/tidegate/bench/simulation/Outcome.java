package io.tidegate.bench.simulation;

import java.util.List;

/// What came of a scenario.
///
/// @param name
///            of the scenario, and of the file of its plot
/// @param axis
///            what the horizontal axis of its panels shows
/// @param panels
///            of its plot
/// @param figures
///            the rows of a table, the first of which is its head
record Outcome(String name, String axis, List<Panel> panels, List<List<String>> figures) {
}
