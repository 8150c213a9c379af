package io.tidegate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("StringConcatToTextBlock") // lines of YAML put together by a program
final class FilesTest {

    private static final String UPSTREAMS = "upstreams:\n  a: { endpoints: [\"http://10.0.0.1:80\"] }\n";
    private static final String ROUTES = "routes:\n  a: { upstream: a }\n";

    @TempDir
    Path folder;

    private Loaded load(Path path) {
        return new ConfigLoader(SamplePolicies.plugins(), name -> null).load(path);
    }

    private List<String> problems(Path path) {
        List<Problem> problems = switch (load(path)) {
            case Loaded.Rejected rejected -> rejected.problems();
            case Loaded.Accepted accepted -> accepted.warnings();
        };
        return problems.stream().map(problem -> problem.toString().replace(folder + "/", "")).toList();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private String hash(String text) {
        Loaded loaded = new ConfigLoader(SamplePolicies.plugins(), name -> "x").loadText("t.yaml", text);
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        return ((Loaded.Accepted) loaded).hash();
    }

    @Test
    void mergesTheFilesOfADirectoryInTheOrderOfTheirNames() throws IOException {
        write("20-routes.yml", ROUTES);
        write("10-upstreams.yaml", UPSTREAMS + "telemetry: { log: { level: warn } }\n");
        write("30-more.yaml", "upstreams:\n  b: { endpoints: [\"http://10.0.0.2:80\"] }\nroutes:\n"
                + "  b: { match: [{ path: /b }], upstream: b }\ntelemetry: { accessLog: { to: none } }\n");
        write("notes.txt", "not: read");
        write(".hidden.yaml", "not: read");
        Loaded loaded = load(folder);
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        Loaded.Accepted accepted = (Loaded.Accepted) loaded;
        assertThat(accepted.config().upstreams()).containsOnlyKeys("a", "b");
        assertThat(accepted.config().routes()).containsOnlyKeys("a", "b");
        assertThat(accepted.config().telemetry().log().level()).isEqualTo(TelemetryConfig.Log.Level.WARN);
        assertThat(accepted.config().telemetry().accessLog().to()).isEqualTo("none");
        assertThat(accepted.files()).extracting(file -> file.getFileName().toString())
                .containsExactly("10-upstreams.yaml", "20-routes.yml", "30-more.yaml");
    }

    @Test
    void namesBothPlacesOfWhatIsDeclaredTwice() throws IOException {
        write("1.yaml", UPSTREAMS + "version: 1\ntelemetry: { log: { level: warn } }\npolicies: []\n");
        write("2.yaml", ROUTES + "upstreams:\n  a: { endpoints: [\"http://10.0.0.9:80\"] }\nversion: 1\n"
                + "telemetry: { log: { level: info } }\npolicies: []\n");
        assertThat(problems(folder)).containsExactly(
                "2.yaml:4:3 upstreams.a: declared twice (first at 1.yaml:2:3)",
                "2.yaml:5:1 version: declared twice (first at 1.yaml:3:1)",
                "2.yaml:6:21 telemetry.log.level: declared twice (first at 1.yaml:4:21)",
                "2.yaml:7:1 policies: declared twice (first at 1.yaml:5:1)");
    }

    @Test
    void reportsTheProblemsOfEveryFile() throws IOException {
        write("1.yaml", "upstreams: [\n");
        write("2.yaml", "routes: { a: { upstraem: b } }\n");
        assertThat(problems(folder)).hasSize(2).anySatisfy(line -> assertThat(line).startsWith("1.yaml:2:1"))
                .contains("2.yaml:1:16 routes.a.upstraem: unknown key (did you mean 'upstream'?)");
    }

    @Test
    void refusesAnEmptyDirectory() {
        assertThat(problems(folder)).containsExactly(folder + ": has no file that ends in .yaml or .yml");
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThat(problems(folder.resolve("none.yaml")))
                .containsExactly("none.yaml: can't be read: there is no such file");
    }

    @Test
    void refusesAFileThatIsHuge() throws IOException {
        Path huge = folder.resolve("huge.yaml");
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(64L << 20);
        }
        assertThat(problems(huge)).containsExactly("huge.yaml: is larger than 16MiB");
    }

    @Test
    void refusesAFileThatIsNotUtf8() throws IOException {
        Path file = folder.resolve("latin1.yaml");
        Files.write(file, "version: 1\n# f\u00fcr\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problems(file)).containsExactly("latin1.yaml:2:4: is not UTF-8 (byte 0xFC)");
    }

    @Test
    void takesAByteOrderMark() throws IOException {
        assertThat(load(write("bom.yaml", "\uFEFF" + UPSTREAMS + ROUTES))).isInstanceOf(Loaded.Accepted.class);
    }

    @Test
    void readsSecretsFromFilesBesideTheConfiguration() throws IOException {
        write("token", "0123456789abcdef\r\n");
        Loaded loaded = load(write("t.yaml", UPSTREAMS + ROUTES + "admin: { token: \"${file:token}\" }\n"));
        assertThat(loaded).isInstanceOf(Loaded.Accepted.class);
        Loaded.Accepted accepted = (Loaded.Accepted) loaded;
        assertThat(accepted.config().admin().token()).isEqualTo("0123456789abcdef");
        assertThat(accepted.toString()).doesNotContain("0123456789abcdef");
        assertThat(accepted.files()).hasSize(2);
    }

    @Test
    void hashesWhatAFileSaysAndNotHowItIsLaidOut() {
        String hash = hash(UPSTREAMS + ROUTES);
        assertThat(hash).hasSize(64);
        assertThat(
                hash("# a comment\n\n" + UPSTREAMS.replace("\"http://10.0.0.1:80\"", "'http://10.0.0.1:80'") + ROUTES))
                .isEqualTo(hash);
        assertThat(hash(UPSTREAMS.replace("10.0.0.1", "10.0.0.2") + ROUTES)).isNotEqualTo(hash);
    }

    @Test
    void hashesWhatASubstitutionStandsFor() {
        String text = UPSTREAMS + ROUTES + "telemetry: { accessLog: { to: \"/tmp/${LOG}.log\" } }\n";
        Loaded one = new ConfigLoader(Plugins.none(), name -> "a").loadText("t.yaml", text);
        Loaded other = new ConfigLoader(Plugins.none(), name -> "b").loadText("t.yaml", text);
        assertThat(((Loaded.Accepted) one).hash()).isNotEqualTo(((Loaded.Accepted) other).hash());
    }
}
