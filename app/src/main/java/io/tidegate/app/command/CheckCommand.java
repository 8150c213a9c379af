package io.tidegate.app.command;

import io.tidegate.app.gateway.Configurations;
import io.tidegate.config.Loaded;
import io.tidegate.config.Problem;
import io.tidegate.engine.compile.Rehearsal;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Says everything that is wrong with a configuration, and where.
final class CheckCommand implements Command {

    @Override
    public Syntax syntax() {
        return Syntax.of("check", "Say everything that is wrong with a configuration, and where.",
                "Exit status 0 if it can be used, warnings or not; 1 if not.")
                .parameter("FILE", false,
                        "The configuration: a file, or a folder of files. Default: tidegate.yaml")
                .flag("--json", "Write one JSON object instead of lines.");
    }

    @Override
    public int run(Arguments arguments, Terminal terminal) {
        Path root = Path.of(arguments.parameter(0, "tidegate.yaml"));
        Loaded loaded = rehearsed(Configurations.create().load(root));
        List<Problem> problems = switch (loaded) {
            case Loaded.Accepted accepted -> accepted.warnings();
            case Loaded.Rejected rejected -> rejected.problems();
        };
        boolean valid = loaded instanceof Loaded.Accepted;
        if (arguments.flag("--json")) {
            writeJson(valid, problems, terminal);
        } else {
            problems.forEach(problem -> terminal.err().println(text(problem)));
            if (valid) {
                terminal.say(root + ": " + summary(problems));
            }
        }
        return valid ? CommandLines.OK : CommandLines.WRONG_INPUT;
    }

    /// The same, or refused for what only the making of its policies finds.
    private static Loaded rehearsed(Loaded loaded) {
        if (!(loaded instanceof Loaded.Accepted accepted)) {
            return loaded;
        }
        List<Problem> found = Rehearsal.of(accepted.config());
        if (found.isEmpty()) {
            return loaded;
        }
        return new Loaded.Rejected(Stream.concat(found.stream(), accepted.warnings().stream()).toList(),
                accepted.files());
    }

    /// A problem as a line; warnings say that they are.
    static String text(Problem problem) {
        return problem.severity() == Problem.Severity.WARNING ? "warning: " + problem : problem.toString();
    }

    private static String summary(List<Problem> warnings) {
        return switch (warnings.size()) {
            case 0 -> "valid";
            case 1 -> "valid, with a warning";
            default -> "valid, with " + warnings.size() + " warnings";
        };
    }

    private static void writeJson(boolean valid, List<Problem> problems, Terminal terminal) {
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), terminal.out())) {
            json.writeStartObject();
            json.writeBooleanProperty("valid", valid);
            json.writeName("problems");
            json.writeStartArray();
            for (Problem problem : problems) {
                json.writeStartObject();
                json.writeStringProperty("severity", problem.severity().name().toLowerCase(Locale.ROOT));
                json.writeStringProperty("file", problem.place().file());
                json.writeNumberProperty("line", problem.place().line());
                json.writeNumberProperty("column", problem.place().column());
                json.writeStringProperty("path", problem.path());
                json.writeStringProperty("message", problem.message());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }
}
