package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import java.nio.file.Path;
import java.util.List;

/// Reads a file with the endpoints of an upstream: `endpoints`, written as they are in a configuration.
public final class EndpointFile {

    private EndpointFile() {
    }

    /// What stands in such a file.
    @Doc("Endpoints.")
    record Listed(@Doc("Where the service runs.") @Range(max = 10000) List<EndpointConfig> endpoints) {
    }

    /// What a file holds.
    ///
    /// @param endpoints
    ///            none where there is any problem
    /// @param problems
    ///            what is wrong with it, with places
    public record Content(List<EndpointConfig> endpoints, List<Problem> problems) {

        /// Copies what it is given.
        public Content {
            endpoints = List.copyOf(endpoints);
            problems = List.copyOf(problems);
        }
    }

    /// Reads one, of 16 MiB at most, in YAML or JSON. Texts stand for themselves: nothing is put in their place.
    public static Content read(Path file) {
        Secrets.Collector secrets = new Secrets.Collector();
        ProblemList problems = new ProblemList(secrets);
        Listed listed = null;
        String text = FileText.read(file, problems);
        if (text != null && text.contains("${")) {
            problems.error(new Place(file.toString(), 0, 0), Where.ROOT, "must not hold ${…}");
        } else if (text != null) {
            Node.Fields root = YamlReader.read(file.toString(), file, text, new Substitution(name -> null, secrets),
                    problems, "endpoints");
            listed = root == null
                    ? null
                    : new Binder(Plugins.none(), problems, secrets, new Nearest()).bind(Listed.class, root, Where.ROOT);
        }
        List<Problem> found = problems.sorted(List.of());
        return new Content(listed == null || !found.isEmpty() ? List.of() : listed.endpoints(), found);
    }
}
