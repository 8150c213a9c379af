package io.tidegate.config;

import io.tidegate.api.ConditionLanguage;
import io.tidegate.api.ConfigException;
import io.tidegate.api.PolicyFactory;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Finds the kinds of policies and the language of conditions: on the class path, and in a folder of plugins.
///
/// Each folder `plugins/<name>/` with its jars has a class loader of its own, which sees the JDK, the policy API,
/// JSpecify and SLF4J, and nothing else of the gateway: a plugin's libraries never meet the gateway's.
public final class PluginLoader {

    // Keys that an entry of a list of policies may have beside its kind.
    private static final Set<String> RESERVED = Set.of("use", "type", "enabled", "config", "name", "when", "mode",
            "locked");

    private final Map<String, PolicyFactory<?>> policies = new TreeMap<>();
    private final Map<String, String> origins = new TreeMap<>();
    private @Nullable ConditionLanguage conditions;

    private PluginLoader() {
    }

    /// What is on the class path.
    ///
    /// @throws ConfigException
    ///             where two make policies of one type, or one can't be used
    public static Plugins load() {
        PluginLoader loader = new PluginLoader();
        loader.addAll(PluginLoader.class.getClassLoader(), false);
        return loader.plugins();
    }

    /// What is on the class path and in the folders of `plugins`.
    ///
    /// @param plugins
    ///            a folder whose folders hold one plugin each; one that doesn't exist holds none
    /// @throws ConfigException
    ///             where two make policies of one type, or one can't be used: names the jars
    public static Plugins load(Path plugins) {
        PluginLoader loader = new PluginLoader();
        loader.addAll(PluginLoader.class.getClassLoader(), false);
        if (Files.isDirectory(plugins)) {
            for (Path folder : list(plugins, "*")) {
                if (Files.isDirectory(folder)) {
                    loader.addFolder(folder);
                }
            }
        }
        return loader.plugins();
    }

    private Plugins plugins() {
        return new Plugins(policies, conditions);
    }

    private static List<Path> list(Path folder, String glob) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, glob)) {
            stream.forEach(found::add);
        } catch (IOException e) {
            throw new ConfigException("can't read the plugins in " + folder + ": " + e.getMessage());
        }
        found.sort(null);
        return found;
    }

    private void addFolder(Path folder) {
        List<URL> jars = new ArrayList<>();
        for (Path jar : list(folder, "*.jar")) {
            try {
                jars.add(jar.toUri().toURL());
            } catch (MalformedURLException e) {
                throw new ConfigException("can't read " + jar + ": " + e.getMessage());
            }
        }
        if (!jars.isEmpty()) {
            // Stays open: its classes are used for as long as the process runs.
            ClassLoader parent = new ApiClassLoader(PluginLoader.class.getClassLoader());
            addAll(new URLClassLoader(folder.getFileName().toString(), jars.toArray(URL[]::new), parent), true);
        }
    }

    @SuppressWarnings("rawtypes") // a class literal of a generic type
    private void addAll(ClassLoader loader, boolean onlyItsOwn) {
        try {
            for (PolicyFactory factory : ServiceLoader.load(PolicyFactory.class, loader)) {
                if (!onlyItsOwn || loader.equals(factory.getClass().getClassLoader())) {
                    add(factory);
                    // What the gateway brings along is looked at by its tests: here it would delay each start.
                    if (onlyItsOwn) {
                        verify(factory);
                    }
                }
            }
            for (ConditionLanguage language : ServiceLoader.load(ConditionLanguage.class, loader)) {
                if (!onlyItsOwn || loader.equals(language.getClass().getClassLoader())) {
                    conditions = conditions == null ? language : conditions;
                }
            }
        } catch (ServiceConfigurationError | LinkageError e) {
            throw new ConfigException("can't load the plugins of " + name(loader) + ": " + e.getMessage());
        }
    }

    private static String name(ClassLoader loader) {
        return loader.getName() == null ? "the class path" : "'" + loader.getName() + "'";
    }

    private void add(PolicyFactory<?> factory) {
        String type = factory.type();
        String origin = origin(factory.getClass());
        if (!type.matches("[a-z][A-Za-z0-9]{0,62}") || RESERVED.contains(type)) {
            throw new ConfigException("a policy can't be of the type '" + type + "' (in " + origin + ")");
        }
        String other = origins.putIfAbsent(type, origin);
        if (other != null) {
            throw new ConfigException(
                    "two plugins make policies of the type '" + type + "': " + other + " and " + origin);
        }
        policies.put(type, factory);
    }

    private static void verify(PolicyFactory<?> factory) {
        try {
            new Shapes().verify(factory.configType());
        } catch (UnusableRecordException e) {
            throw new ConfigException("the policy '" + factory.type() + "' of " + origin(factory.getClass())
                    + " can't be used: " + e.getMessage());
        }
    }

    private static String origin(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null ? type.getName() : source.getLocation().getPath();
    }

    /// Hands on what a plugin may see of the gateway.
    private static final class ApiClassLoader extends ClassLoader {

        private static final List<String> SHARED = List.of("io.tidegate.api.", "org.jspecify.", "org.slf4j.");

        private final ClassLoader gateway;

        ApiClassLoader(ClassLoader gateway) {
            super("plugin api", ClassLoader.getPlatformClassLoader());
            this.gateway = gateway;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (SHARED.stream().anyMatch(name::startsWith)) {
                return gateway.loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}
