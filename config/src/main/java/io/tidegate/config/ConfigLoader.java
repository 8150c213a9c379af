package io.tidegate.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Makes a [GatewayConfig] of a file, a directory or a text, and finds every problem on the way.
///
/// Never throws for what a file holds. Has no side effect, opens no socket itself, and reads no file but those named by
/// the caller, by `${file:…}` and by what the configuration declares (certificates). May be used by several threads at
/// once.
public final class ConfigLoader {

    private final Plugins plugins;
    private final Function<String, @Nullable String> environment;
    private final List<SecretSource> secretSources;

    /// A loader for these plugins.
    ///
    /// @param environment
    ///            gives the value of an environment variable, or null where it is not set: `System::getenv`
    public ConfigLoader(Plugins plugins, Function<String, @Nullable String> environment) {
        this(plugins, environment, List.of());
    }

    /// A loader for these plugins that gets secrets from elsewhere too.
    ///
    /// @param environment
    ///            gives the value of an environment variable, or null where it is not set: `System::getenv`
    /// @param sources
    ///            where `${scheme:…}` gets its value from
    public ConfigLoader(Plugins plugins, Function<String, @Nullable String> environment, List<SecretSource> sources) {
        this.plugins = plugins;
        this.environment = environment;
        this.secretSources = List.copyOf(sources);
    }

    /// Loads a file of at most 16 MiB, or every `*.yaml` and `*.yml` of a directory in the order of their names.
    public Loaded load(Path fileOrDirectory) {
        Load load = new Load();
        return load.finish(load.sources.read(fileOrDirectory));
    }

    /// Loads a text of at most 16 MiB.
    ///
    /// @param fileName
    ///            what places are named after, and what relative paths start from
    public Loaded loadText(String fileName, String text) {
        Load load = new Load();
        Path file;
        try {
            file = Path.of(fileName);
        } catch (InvalidPathException e) {
            file = Path.of("");
        }
        return load.finish(load.sources.text(fileName, file, text));
    }

    /// One load from its beginning to its end.
    private final class Load {

        private final Secrets.Collector secrets = new Secrets.Collector();
        private final ProblemList problems = new ProblemList(secrets);
        private final Substitution substitution = new Substitution(environment, secretSources, secrets);
        private final Nearest nearest = new Nearest();
        private final Binder binder = new Binder(plugins, problems, secrets, nearest);
        private final Sources sources = new Sources(substitution, problems, binder.shapes());

        Loaded finish(Node.@Nullable Fields root) {
            GatewayConfig config = root == null ? null : binder.bind(GatewayConfig.class, root, Where.ROOT);
            if (config != null && root != null) {
                new Checks(new CheckContext(config, root, problems, nearest, binder.broken())).run();
            }
            List<Path> files = new ArrayList<>(sources.files());
            files.addAll(substitution.files());
            Set<Path> named = binder.files().of(config);
            files.addAll(named);
            List<Problem> found = problems.sorted(sources.names());
            if (config == null || root == null || problems.hasErrors()) {
                return new Loaded.Rejected(found, List.copyOf(files));
            }
            return new Loaded.Accepted(config, found, List.copyOf(files), ContentHash.of(root, named),
                    secrets.secrets());
        }
    }
}
