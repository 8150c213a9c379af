package io.tidegate.policies.securityheaders;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Loaded;
import io.tidegate.config.PluginLoader;
import io.tidegate.config.Problem;
import io.tidegate.testkit.TestGateway;
import java.util.List;
import java.util.Objects;

/// Configurations of the policy, read as users write them.
final class SecurityHeadersYaml {

    private SecurityHeadersYaml() {
    }

    /// A file with one such policy in line 7: its options from column 28 on, or in lines of their own.
    private static String file(String options) {
        String map = options.startsWith("\n") ? options : " { " + options + " }";
        return """
                upstreams:
                  all: { endpoints: ["http://10.0.0.1:80"] }
                routes:
                  all:
                    upstream: all
                    policies:
                      - securityHeaders:%s
                """.formatted(map);
    }

    /// Options in lines of their own.
    static String lines(String... lines) {
        return "\n          " + String.join("\n          ", lines);
    }

    /// The configuration that these options are.
    static SecurityHeadersConfig config(String options) {
        Loaded.Accepted loaded = TestGateway.load(file(options));
        Record config = loaded.config().routes().values().iterator().next().policies().getFirst().config();
        return (SecurityHeadersConfig) Objects.requireNonNull(config);
    }

    /// What is wrong with these options.
    static List<String> problems(String options) {
        Loaded loaded = new ConfigLoader(PluginLoader.load(), name -> null).loadText("t.yaml", file(options));
        return loaded instanceof Loaded.Rejected rejected
                ? rejected.problems().stream().map(Problem::toString).toList()
                : List.of();
    }
}
