package io.tidegate.app.gateway;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Loaded;
import io.tidegate.config.PluginLoader;
import io.tidegate.config.Plugins;
import io.tidegate.control.secrets.VaultSecrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Reads configurations from files, and those that come with the program.
public final class Configurations {

    private final Plugins plugins;

    private Configurations(Plugins plugins) {
        this.plugins = plugins;
    }

    /// With the policies that are on the class path.
    public static Configurations create() {
        return new Configurations(PluginLoader.load());
    }

    /// What configurations may be made of.
    public Plugins plugins() {
        return plugins;
    }

    /// Reads a file or a folder of files.
    public Loaded load(Path root) {
        return new ConfigLoader(plugins, System::getenv, List.of(new VaultSecrets(System::getenv))).load(root);
    }

    /// Reads a configuration that comes with the program.
    ///
    /// @param name
    ///            its file name
    /// @param values
    ///            what its `${NAME}` stand for
    public Loaded loadResource(String name, Map<String, String> values) {
        return new ConfigLoader(plugins, values::get).loadText(name, resource(name));
    }

    /// The text of a configuration that comes with the program.
    public static String resource(String name) {
        try (InputStream in = Configurations.class.getResourceAsStream("/io/tidegate/app/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its file " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
