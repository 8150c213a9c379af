package io.tidegate.tests;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// The Autobahn test suite, a fuzzing client of WebSocket by others. It is a program in Python, run by Jython in a
/// process of its own.
public final class Autobahn {

    private static final long MINUTES = 5;
    private static final String MARK = "CASE ";

    private Autobahn() {
    }

    /// Runs its cases against these servers.
    ///
    /// @param folder
    ///            where it puts its reports
    /// @param servers
    ///            ports of the loopback address, by name
    /// @param excluded
    ///            cases that are not run: `9.*`
    /// @return by name of the server and case, how it behaved and how it closed: `OK OK`
    public static Map<String, Map<String, String>> run(Path folder, Map<String, Integer> servers,
            List<String> excluded) throws IOException, InterruptedException {
        String all = servers.entrySet().stream()
                .map(server -> "{'agent': '" + server.getKey() + "', 'url': 'ws://127.0.0.1:" + server.getValue()
                        + "', 'options': {'version': 18}}")
                .collect(Collectors.joining(", "));
        String without = excluded.stream().map(cases -> "'" + cases + "'").collect(Collectors.joining(", "));
        String suite = jarOf("/autobahntestsuite/wstest.py");
        Path script = folder.resolve("run.py");
        Files.writeString(script, """
                import json, sys
                sys.path.insert(0, '%1$s')
                spec = {'options': {'failByDrop': False}, 'outdir': '%2$s/reports', 'servers': [%3$s],
                        'cases': ['*'], 'exclude-cases': [%4$s], 'exclude-agent-cases': {}}
                with open('%2$s/spec.json', 'w') as out:
                    json.dump(spec, out)
                sys.argv = ['wstest', '-m', 'fuzzingclient', '-s', '%2$s/spec.json']
                from autobahntestsuite import wstest
                wstest.run()
                with open('%2$s/reports/index.json') as index:
                    for agent, cases in json.load(index).items():
                        for case, result in cases.items():
                            print('%5$s' + ' '.join([agent, case, result['behavior'], result['behaviorClose']]))
                """.formatted(suite, folder, all, without, MARK));
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-Xmx512m", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-Dpython.cachedir.skip=true",
                "-cp", suite + ":" + jarOf("/org/python/util/jython.class"), "org.python.util.jython",
                script.toString()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            process.waitFor(MINUTES, TimeUnit.MINUTES);
        } finally {
            process.destroyForcibly();
        }
        return results(Files.readString(output, StandardCharsets.UTF_8));
    }

    private static Map<String, Map<String, String>> results(String output) {
        Map<String, Map<String, String>> results = new TreeMap<>();
        for (String line : output.split("\n", -1)) {
            if (line.startsWith(MARK)) {
                String[] words = line.substring(MARK.length()).strip().split(" ", 3);
                results.computeIfAbsent(words[0], name -> new TreeMap<>()).put(words[1], words[2]);
            }
        }
        return results;
    }

    /// The file that a resource is in.
    private static String jarOf(String resource) throws IOException {
        URL url = Objects.requireNonNull(Autobahn.class.getResource(resource), resource);
        String file = url.getPath();
        return Path.of(URI.create(file.substring(0, file.indexOf('!')))).toString();
    }
}
