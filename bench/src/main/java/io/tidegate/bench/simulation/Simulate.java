package io.tidegate.bench.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Runs scenarios: writes the plot of each as SVG, and says its figures as a table of Markdown.
///
/// `Simulate FOLDER [SCENARIO…]`: without scenarios all of them.
public final class Simulate {

    private Simulate() {
    }

    /// Runs it.
    public static void main(String[] arguments) throws IOException {
        Map<String, Supplier<Outcome>> all = Scenarios.all();
        if (arguments.length == 0) {
            System.err.println("usage: simulate FOLDER [SCENARIO…]; scenarios: " + String.join(", ", all.keySet()));
            System.exit(2);
        }
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        List<String> wanted = arguments.length > 1
                ? Arrays.asList(arguments).subList(1, arguments.length)
                : new ArrayList<>(all.keySet());
        for (String name : wanted) {
            Supplier<Outcome> scenario = all.get(name);
            if (scenario == null) {
                System.err.println("simulate: no scenario is called " + name + "; there are: "
                        + String.join(", ", all.keySet()));
                System.exit(2);
                return;
            }
            Outcome outcome = scenario.get();
            Files.writeString(folder.resolve(outcome.name() + ".svg"), Plot.svg(outcome.axis(), outcome.panels()));
            System.out.println("## " + outcome.name() + "\n\n" + table(outcome.figures()));
        }
    }

    private static String table(List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            text.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
            if (i == 0) {
                text.append("|---".repeat(rows.get(i).size())).append("|\n");
            }
        }
        return text.toString();
    }
}
