package io.tidegate.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLinesTest {

    @TempDir
    private Path folder;

    private record Ended(int status, String out, String err) {
    }

    private static Ended run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = CommandLines.run(new PrintWriter(out), new PrintWriter(err), arguments);
        return new Ended(status, out.toString(), err.toString());
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void namesTheNearestCommand() {
        Ended ended = run("chekc", "x.yaml");

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).isEqualToNormalizingNewlines(
                "tidegate: unknown command 'chekc' (did you mean 'check'?)\nTry 'tidegate --help'.\n");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void namesNoCommandWhereNoneIsNear() {
        assertThat(run("frobnicate").err()).startsWith("tidegate: unknown command 'frobnicate'\n");
    }

    @Test
    void namesTheNearestOption() {
        Ended ended = run("proxy", "--to", "http://127.0.0.1:1", "--lisen", ":0");

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains("unknown option '--lisen' (did you mean '--listen'?)")
                .contains("Try 'tidegate proxy --help'.");
    }

    @Test
    void showsItsCommandsWithoutAny() {
        Ended ended = run();

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("Usage: tidegate COMMAND").contains("run ").contains("train ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "help"})
    void showsHelpOnStandardOutput(String word) {
        Ended ended = run(word);

        assertThat(ended.status()).isZero();
        assertThat(ended.out()).contains("Usage: tidegate COMMAND");
        assertThat(ended.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "proxy", "demo", "init", "check", "explain", "key", "schema", "train", "version"})
    void showsHelpOfACommand(String command) {
        Ended ended = run(command, "--help");

        assertThat(ended.status()).isZero();
        assertThat(ended.out()).startsWith("Usage: tidegate " + command).contains("--help");
        assertThat(ended.out().lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(96));
    }

    @Test
    void saysWhichVersionItIs() {
        Ended ended = run("version");

        assertThat(ended.status()).isZero();
        assertThat(ended.out()).containsPattern("^tidegate \\d+\\.\\d+").contains("java 2").contains("transport nio: ")
                .contains("tls: BoringSSL")
                .containsOnlyOnce(", chosen");
        assertThat(run("--version").out()).isEqualTo(ended.out().lines().findFirst().orElseThrow()
                + System.lineSeparator());
    }

    @Test
    void refusesAProxyToNowhere() {
        assertThat(run("proxy").err()).contains("--to URL is missing");
        assertThat(run("proxy", "--to").err()).contains("--to needs a value");
        assertThat(run("proxy", "--to", "ftp://x")).satisfies(ended -> {
            assertThat(ended.status()).isEqualTo(2);
            assertThat(ended.err()).contains("--to must be http://host:port").contains("(was 'ftp://x')");
        });
        assertThat(run("proxy", "--to=http://127.0.0.1:1", "--listen=nowhere").err())
                .contains("--listen must be an address such as :8080");
    }

    @Test
    void refusesAPortThatIsNone() {
        Ended ended = run("demo", "--port", "70000");

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains("--port must be a port, 0 to 65535 (was '70000')");
    }

    @Test
    void writesAStarterThatIsValidAndClosed() throws IOException {
        Path file = folder.resolve("tidegate.yaml");

        assertThat(run("init", file.toString()).status()).isZero();

        assertThat(file).content().contains("defaultAccess: deny");
        Ended checked = run("check", file.toString());
        assertThat(checked.err()).isEmpty();
        assertThat(checked.status()).isZero();
        Files.writeString(file, Files.readString(file).replace("    public: true\n", ""));
        assertThat(run("check", file.toString()).status()).isEqualTo(1);
    }

    @Test
    void saysNothingOfTheWholeWhereOnlyAPartOfItIsWrong() throws IOException {
        String file = file("tidegate.yaml", """
                listeners: { web: { address: "127.0.0.1:0" } }
                upstreams: { a: { endpoints: ["http://127.0.0.1:1"] } }
                policies: [{ headers: { request: { set: { x: 1 } } } }]
                routes: { a: { upstream: a } }
                """);

        assertThat(run("check", file).err().lines()).hasSize(1).first().asString()
                .contains("policies[0].headers.request.set.x: must be a text");
    }

    @Test
    void replacesAFileOnlyWhenForced() throws IOException {
        String file = file("tidegate.yaml", "mine");

        Ended refused = run("init", file);

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("exists already; --force replaces it");
        assertThat(Path.of(file)).hasContent("mine");
        assertThat(run("init", "--force", file).status()).isZero();
        assertThat(Path.of(file)).content().contains("defaultAccess");
    }

    @Test
    void saysWhyAStarterCannotBeWritten() {
        Ended ended = run("init", folder.resolve("no/such/file.yaml").toString());

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("there is no such folder");
    }

    @Test
    void checksAFileWithEveryProblemAtItsPlace() throws IOException {
        String file = file("bad.yaml", "upstreams:\n  a: { endpoints: [http://127.0.0.1:1] }\n"
                + "routes:\n  r: { upstream: b }\n  s: { upstraem: a }\n");

        Ended ended = run("check", file);

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("bad.yaml:4:").contains("routes.r.upstream").contains("bad.yaml:5:")
                .contains("upstraem");
    }

    @Test
    void checksAFileForMachines() throws IOException {
        String good = file("good.yaml",
                "upstreams:\n  a: { endpoints: [http://127.0.0.1:1] }\nroutes:\n  r: { upstream: a }\n");
        String bad = file("bad.yaml", "upstreams:\n  a: { endpoints: [http://127.0.0.1:1] }\nroutez: {}\n");

        assertThat(run("check", good, "--json").out()).isEqualTo("{\"valid\":true,\"problems\":[]}\n");
        Ended ended = run("check", "--json", bad);
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).startsWith("{\"valid\":false,\"problems\":[{\"severity\":\"error\",\"file\":\"")
                .contains("\"line\":3,\"column\":1,\"path\":\"routez\"").endsWith("\"}]}\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"minimal.yaml", "demo.yaml"})
    void findsNothingWrongWithTheExamples(String name) {
        Ended ended = run("check", Path.of("").toAbsolutePath().resolveSibling("examples/" + name).toString());

        assertThat(ended.err()).isEmpty();
        assertThat(ended.status()).isZero();
        assertThat(ended.out()).endsWith(": valid" + System.lineSeparator());
    }

    @Test
    void writesASchemaOfItsConfiguration() {
        Ended ended = run("schema");

        assertThat(ended.status()).isZero();
        assertThat(ended.out()).startsWith("{").endsWith("}\n").contains("\"requestLimits\"").contains("\"upstreams\"");
    }

    @Test
    void failsToCheckAFileThatIsNotThere() {
        Ended ended = run("check", folder.resolve("none.yaml").toString());

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("none.yaml");
    }

    @Test
    void runsNothingOfAFileThatIsWrong() throws IOException {
        Ended ended = run("run", file("bad.yaml", "listeners: 3\n"));

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("bad.yaml:1:");
    }

    @Test
    void takesWordsAfterTwoDashesAsTheyAre() throws IOException {
        assertThat(run("check", "--", "--help").err()).contains("--help");
        assertThat(run("check", "a", "b").err()).contains("unexpected argument 'b'");
        assertThat(run("explain").err()).contains("FILE is missing");
        assertThat(run("check", "--json=1", "a").err()).contains("--json takes no value");
        assertThat(run("check", "--json", "--json", "a").err()).contains("--json is given twice");
    }
}
