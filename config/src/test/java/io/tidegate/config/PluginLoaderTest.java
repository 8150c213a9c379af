package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Doc;
import io.tidegate.api.PolicyFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Plugins are compiled here and loaded from jars, as a user's would be.
final class PluginLoaderTest {

    private static final String SOURCE = """
            package plugin;

            import io.tidegate.api.*;

            public final class SampleFactory implements PolicyFactory<SampleFactory.Config> {

                public record Config(@Doc("A word.") @Default("hello") String word) {
                }

                public String type() {
                    return "TYPE";
                }

                public Class<Config> configType() {
                    return Config.class;
                }

                public String summary() {
                    return seen("io.tidegate.config.ConfigLoader") + " " + seen("org.slf4j.Logger");
                }

                private static boolean seen(String name) {
                    try {
                        Class.forName(name);
                        return true;
                    } catch (ClassNotFoundException e) {
                        return false;
                    }
                }

                public Policy create(Config config, PolicyContext context) {
                    return new Policy() {
                    };
                }
            }
            """;

    @TempDir
    Path folder;

    private Path plugin(String name, String type) throws IOException {
        return plugin(name, type, SOURCE);
    }

    private Path plugin(String name, String type, String code) throws IOException {
        Path work = Files.createDirectories(folder.resolve("work-" + name).resolve("plugin"));
        Path source = Files.writeString(work.resolve("SampleFactory.java"), code.replace("TYPE", type));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        int status = compiler.run(null, null, null, "-proc:none", "-cp", System.getProperty("java.class.path"),
                source.toString());
        assertThat(status).isZero();
        Path jar = Files.createDirectories(folder.resolve("plugins").resolve(name)).resolve(name + ".jar");
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(out)) {
            try (Stream<Path> files = Files.list(work)) {
                for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
                    entries.putNextEntry(new JarEntry("plugin/" + file.getFileName()));
                    Files.copy(file, entries);
                }
            }
            entries.putNextEntry(new JarEntry("META-INF/services/io.tidegate.api.PolicyFactory"));
            entries.write("plugin.SampleFactory\n".getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    @Test
    void findsPluginsThatSeeTheApiAndNothingElseOfTheGateway() throws IOException {
        plugin("one", "sampleOne");
        plugin("two", "sampleTwo");
        Plugins plugins = PluginLoader.load(folder.resolve("plugins"));
        assertThat(plugins.policies()).containsKeys("sampleOne", "sampleTwo");
        PolicyFactory<?> factory = Objects.requireNonNull(plugins.policies().get("sampleOne"));
        PolicyFactory<?> other = Objects.requireNonNull(plugins.policies().get("sampleTwo"));
        assertThat(factory.summary()).isEqualTo("false true");
        assertThat(factory.getClass().getClassLoader())
                .isNotEqualTo(other.getClass().getClassLoader());
    }

    @Test
    void readsTheConfigurationOfAPlugin() throws IOException {
        plugin("one", "sampleOne");
        Plugins plugins = PluginLoader.load(folder.resolve("plugins"));
        Loaded loaded = new ConfigLoader(plugins, name -> null).loadText("t.yaml", """
                upstreams: { a: { endpoints: ["http://10.0.0.1"] } }
                routes: { a: { upstream: a, policies: [{ sampleOne: {} }] } }
                """);
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        assertThat(ConfigWriter.json((Loaded.Accepted) loaded)).contains("\"word\": \"hello\"");
    }

    @Test
    void refusesTwoOfOneTypeAndNamesBothJars() throws IOException {
        Path one = plugin("one", "sample");
        Path two = plugin("two", "sample");
        assertThatThrownBy(() -> PluginLoader.load(folder.resolve("plugins"))).isInstanceOf(ConfigException.class)
                .hasMessage("two plugins make policies of the type 'sample': " + one + " and " + two);
    }

    @Test
    void refusesATypeThatIsAKeyOfEveryPolicy() throws IOException {
        Path jar = plugin("one", "when");
        assertThatThrownBy(() -> PluginLoader.load(folder.resolve("plugins"))).isInstanceOf(ConfigException.class)
                .hasMessage("a policy can't be of the type 'when' (in " + jar + ")");
    }

    @Test
    void refusesAPluginThatCannotBeLoaded() throws IOException {
        Path jar = plugin("one", "sample");
        Files.delete(jar);
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream entries = new JarOutputStream(out)) {
            entries.putNextEntry(new JarEntry("META-INF/services/io.tidegate.api.PolicyFactory"));
            entries.write("plugin.Nothing\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThatThrownBy(() -> PluginLoader.load(folder.resolve("plugins"))).isInstanceOf(ConfigException.class)
                .hasMessageContaining("plugin.Nothing").hasMessageContaining("'one'");
    }

    @Test
    void refusesAConfigurationThatCannotBeWritten() throws IOException {
        Path jar = plugin("one", "sample", SOURCE.replace("String word", "java.net.Socket word"));
        assertThatThrownBy(() -> PluginLoader.load(folder.resolve("plugins"))).isInstanceOf(ConfigException.class)
                .hasMessage("the policy 'sample' of " + jar
                        + " can't be used: plugin.SampleFactory$Config.word is of a type that can't be configured:"
                        + " java.net.Socket");
    }

    /// What the test below can't be configured by.
    record SocketConfig(@Doc("No value can be this.") Socket word) {
    }

    @Test
    void namesTheUseOfOneOnTheClassPathThatCannotBeConfigured() {
        Plugins plugins = new Plugins(Map.of("broken", new SamplePolicies.Factory<>("broken", SocketConfig.class,
                "Can't be used.", Set.of(), Set.of(), Set.of(), false)), null);
        Loaded loaded = new ConfigLoader(plugins, name -> null).loadText("t.yaml", """
                upstreams: { a: { endpoints: ["http://10.0.0.1"] } }
                routes:
                  a: { upstream: a, policies: [{ broken: {} }] }
                """);
        assertThat(loaded).isInstanceOf(Loaded.Rejected.class);
        assertThat(((Loaded.Rejected) loaded).problems()).extracting(Problem::toString).singleElement().asString()
                .startsWith("t.yaml:3:").contains("routes.a.policies[0].broken: the policy 'broken' can't be used: "
                        + SocketConfig.class.getName() + ".word is of a type that can't be configured");
    }

    @Test
    void findsNothingWhereThereIsNoFolder() {
        assertThat(PluginLoader.load(folder.resolve("none")).policies().keySet()).isEqualTo(
                PluginLoader.load().policies().keySet());
        assertThat(List.copyOf(PluginLoader.load().policies().keySet())).doesNotContain("sample");
    }
}
