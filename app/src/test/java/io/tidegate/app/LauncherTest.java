package io.tidegate.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher with Javas and a Maven that only say how they were called. Every path has a space in it.
class LauncherTest {

    private static final String SAYS_ARGUMENTS = "for a in \"$@\"; do printf 'arg:%s\\n' \"$a\"; done\n";

    @TempDir
    private Path folder;

    private Path root;
    private final Map<String, String> environment = new HashMap<>();

    private record Ended(int status, String out, String err) {

        List<String> arguments() {
            return out.lines().filter(line -> line.startsWith("arg:")).map(line -> line.substring(4)).toList();
        }
    }

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createDirectories(folder.toRealPath().resolve("with space"));
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("HOME", root.toString());
    }

    @Test
    void runsTheJarWithTheArgumentsAsTheyAre() throws Exception {
        useJava(java("jdk", "25.0.1", SAYS_ARGUMENTS));

        Ended ended = start(distribution(), "explain", "my file.yaml", "GET http://a/b c");

        assertThat(ended.status()).isZero();
        assertThat(ended.arguments()).containsSequence("-cp", root + "/dist/lib/tidegate.jar", "io.tidegate.app.Main",
                "explain", "my file.yaml", "GET http://a/b c");
    }

    @Test
    void endsWithTheExitStatusOfJava() throws Exception {
        useJava(java("jdk", "25.0.1", "exit 7\n"));

        assertThat(start(distribution(), "check").status()).isEqualTo(7);
    }

    @Test
    void letsOptionsOfTheUserComeAfterItsOwn() throws Exception {
        useJava(java("jdk", "25.0.1", SAYS_ARGUMENTS));
        environment.put("TIDEGATE_JAVA_OPTS", "-Xmx2g -Dx=y");

        List<String> arguments = start(distribution(), "version").arguments();

        assertThat(arguments).containsSequence("-Xmx2g", "-Dx=y");
        assertThat(arguments.indexOf("-Xmx2g")).isGreaterThan(arguments.indexOf("-Xmx512m"));
        assertThat(arguments.indexOf("-Dx=y")).isLessThan(arguments.indexOf("io.tidegate.app.Main"));
    }

    @Test
    void refusesAnOldJavaThatIsAskedFor() throws Exception {
        useJava(java("old", "21.0.4", SAYS_ARGUMENTS));

        Ended ended = start(distribution(), "version");

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("TIDEGATE_JAVA_HOME is " + root + "/old, which holds no Java 25 or later");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void passesOverAnOldJavaHomeForTheJavaOnThePath() throws Exception {
        environment.put("JAVA_HOME", java("old", "1.8.0_292", "echo old\n").toString());
        Path chosen = java("new", "26", "echo new\n");
        Path bin = Files.createDirectories(root.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("java"), chosen.resolve("bin/java"));
        environment.put("PATH", bin + ":/usr/bin:/bin");

        assertThat(start(distribution(), "version").out()).isEqualTo("new\n");
    }

    @Test
    void asksAJavaWithoutReleaseFileForItsVersion() throws Exception {
        Path home = java("jdk", "25", "[ \"$1\" = -version ] && echo 'openjdk version \"25.0.2\" 2026-01-20' >&2"
                + " || echo started\n");
        Files.delete(home.resolve("release"));
        useJava(home);

        assertThat(start(distribution(), "version").out()).isEqualTo("started\n");
    }

    @Test
    void worksAsALinkFromAnotherFolder() throws Exception {
        useJava(java("jdk", "25.0.1", SAYS_ARGUMENTS));
        Path script = distribution();
        Path links = Files.createDirectories(root.resolve("links"));
        Files.createSymbolicLink(links.resolve("first"), Path.of("../dist/tidegate"));
        Files.createSymbolicLink(links.resolve("tidegate"), Path.of("first"));

        assertThat(start(links.resolve("tidegate"), "version").arguments())
                .contains(script.resolveSibling("lib/tidegate.jar").toString());
    }

    @Test
    void findsTheJarsBesideItsFolder() throws Exception {
        useJava(java("jdk", "25.0.1", SAYS_ARGUMENTS));
        Path script = distribution();
        Path dist = root.resolve("dist");
        Path bin = Files.createDirectories(dist.resolve("bin"));
        Files.move(script, bin.resolve("tidegate"));

        assertThat(start(bin.resolve("tidegate"), "version").arguments())
                .contains(dist.resolve("lib/tidegate.jar").toString());
    }

    @Test
    void saysThatAnInstallationIsIncomplete() throws Exception {
        Path script = distribution();
        Files.delete(script.resolveSibling("lib/tidegate.jar"));

        Ended ended = start(script, "version");

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("there is no lib/tidegate.jar");
    }

    @Test
    void usesACacheThatWasMadeWithThisJava() throws Exception {
        useJava(java("jdk", "25.0.1", SAYS_ARGUMENTS));
        Path script = distribution();
        Path cache = Files.createDirectories(script.resolveSibling("aot")).resolve("25.0.1+8.aot");
        Files.writeString(cache, "cache");

        assertThat(start(script, "version").arguments()).contains("-XX:AOTCache=" + cache);
        environment.put("TIDEGATE_AOT", "off");
        assertThat(start(script, "version").out()).doesNotContain("AOTCache");
    }

    @Test
    void makesACacheWhenToldTo() throws Exception {
        useJava(java("jdk", "25.0.1",
                "for a in \"$@\"; do case $a in -XX:AOTCacheOutput=*) echo x >\"${a#*=}\" ;; esac; done\n"));
        Path script = distribution();

        assertThat(start(script, "train").status()).isZero();
        assertThat(script.resolveSibling("aot").resolve("25.0.1+8.aot")).hasContent("x");
    }

    @Test
    void showsTheHelpOfTrainInsteadOfTraining() throws Exception {
        useJava(java("jdk", "25.0.1", SAYS_ARGUMENTS));
        Path script = distribution();

        assertThat(start(script, "train", "--help").arguments()).endsWith("io.tidegate.app.Main", "train", "--help");
        assertThat(script.resolveSibling("aot")).doesNotExist();
    }

    @Test
    void leavesNothingOfATrainingThatIsInterrupted() throws Exception {
        useJava(java("jdk", "25.0.1", "for a in \"$@\"; do case $a in -XX:AOTCacheOutput=*) echo x >\"${a#*=}\"\n"
                + "echo x >\"${a#*=}.config\" ;; esac; done\nexec sleep 300\n"));
        Path script = distribution();
        Path caches = script.resolveSibling("aot");

        Process training = process(script, "train").start();
        Await.until("the training", () -> Files.isDirectory(caches) && count(caches) == 2);
        training.destroy();

        assertThat(training.waitFor()).isEqualTo(143);
        assertThat(caches).isEmptyDirectory();
    }

    @Test
    void removesWhatIsLeftOfATrainingThatWasKilled() throws Exception {
        useJava(java("jdk", "25.0.1", "exit 1\n"));
        Path script = distribution();
        Process gone = new ProcessBuilder("true").start();
        assertThat(gone.waitFor()).isZero();
        Path caches = Files.createDirectories(script.resolveSibling("aot"));
        Files.writeString(caches.resolve("making." + gone.pid() + ".config"), "x");
        Path other = Files.writeString(caches.resolve("making." + ProcessHandle.current().pid()), "x");

        start(script, "train");

        assertThat(caches).isDirectoryContaining(other::equals)
                .isDirectoryNotContaining(file -> file.toString().endsWith(".config"));
    }

    private static long count(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void saysThatNoCacheCouldBeMade() throws Exception {
        useJava(java("jdk", "25.0.1", "exit 1\n"));

        Ended ended = start(distribution(), "train");

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).contains("no cache could be made");
    }

    @Test
    void buildsACheckoutOnceAndAgainWhenASourceIsNewer() throws Exception {
        useJava(java("jdk", "25.0.1", "echo started\n"));
        Path script = checkout("echo built >>\"$HOME/builds\"\necho '[INFO] Building app 0.1 [9/9]'\n"
                + "mkdir -p app/target/tidegate/lib\necho jar >app/target/tidegate/lib/tidegate.jar\n");

        Ended first = start(script, "version");

        assertThat(first.out()).isEqualTo("started\n");
        assertThat(first.err()).contains("building").contains("  app [9/9]");
        assertThat(start(script, "version").err()).doesNotContain("building");
        assertThat(root.resolve("builds")).hasContent("built");
        Files.setLastModifiedTime(script.resolveSibling("app/src/main/A.java"),
                FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(start(script, "version").out()).isEqualTo("started\n");
        assertThat(root.resolve("builds")).hasContent("built\nbuilt");
    }

    @Test
    void showsTheErrorsOfABuildThatFails() throws Exception {
        useJava(java("jdk", "25.0.1", "echo started\n"));
        Path script = checkout("echo '[INFO] Building api'\necho '[ERROR] A.java:[1,1] no such thing'\nexit 1\n");

        Ended ended = start(script, "version");

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("A.java:[1,1] no such thing")
                .contains("the build failed; all of it is in " + script.resolveSibling("app/target/build.log"));
        assertThat(script.resolveSibling("app/target/build.log")).content().contains("Building api");
    }

    @Test
    void buildsOnceForTwoStartsAtOnce() throws Exception {
        useJava(java("jdk", "25.0.1", "echo started\n"));
        Path script = checkout("echo built >>\"$HOME/builds\"\nsleep 1\nmkdir -p app/target/tidegate/lib\n"
                + "echo jar >app/target/tidegate/lib/tidegate.jar\n");

        Process first = process(script, "version").start();
        Ended second = start(script, "version");

        assertThat(first.waitFor()).isZero();
        assertThat(second.out()).isEqualTo("started\n");
        assertThat(root.resolve("builds")).hasContent("built");
    }

    @Test
    void takesTheLockOfABuildThatIsNoMore() throws Exception {
        useJava(java("jdk", "25.0.1", "echo started\n"));
        Path script = checkout(
                "mkdir -p app/target/tidegate/lib\necho jar >app/target/tidegate/lib/tidegate.jar\n");
        Process gone = new ProcessBuilder("true").start();
        assertThat(gone.waitFor()).isZero();
        Path lock = Files.createDirectories(script.resolveSibling("app/target/.building"));
        Files.writeString(lock.resolve("pid"), gone.pid() + "\n");

        assertThat(start(script, "version").out()).isEqualTo("started\n");
        assertThat(lock).doesNotExist();
    }

    private void useJava(Path home) {
        environment.put("TIDEGATE_JAVA_HOME", home.toString());
    }

    private Path java(String name, String version, String body) throws IOException {
        Path home = Files.createDirectories(root.resolve(name));
        script(home.resolve("bin/java"), body);
        script(home.resolve("bin/javac"), "exit 0\n");
        Files.writeString(home.resolve("release"),
                "IMPLEMENTOR=\"Nobody\"\nJAVA_RUNTIME_VERSION=\"" + version + "+8\"\nJAVA_VERSION=\"" + version + "\"");
        return home;
    }

    private Path distribution() throws IOException {
        Path dist = Files.createDirectories(root.resolve("dist"));
        Files.createDirectories(dist.resolve("lib"));
        Files.writeString(dist.resolve("lib/tidegate.jar"), "jar");
        return copyOfLauncher(dist);
    }

    /// A source checkout whose Maven is `body`. The cache is off, as it has its own tests.
    private Path checkout(String body) throws IOException {
        environment.put("TIDEGATE_AOT", "off");
        environment.put("PATH", root.resolve("maven") + ":/usr/bin:/bin");
        script(root.resolve("maven/mvn"), body);
        Path checkout = Files.createDirectories(root.resolve("checkout"));
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        Files.createDirectories(checkout.resolve("app/src/main"));
        Files.writeString(checkout.resolve("app/pom.xml"), "<project/>");
        Files.writeString(checkout.resolve("app/src/main/A.java"), "class A {}");
        return copyOfLauncher(checkout);
    }

    private static Path copyOfLauncher(Path target) throws IOException {
        Path launcher = Path.of("").toAbsolutePath().resolveSibling("tidegate");
        Path copy = target.resolve("tidegate");
        Files.copy(launcher, copy);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        return copy;
    }

    private static void script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private ProcessBuilder process(Path script, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Files.createDirectories(root.resolve("elsewhere")).toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder;
    }

    private Ended start(Path script, String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile(root, "out", ".txt");
        Path err = Files.createTempFile(root, "err", ".txt");
        Process process = process(script, arguments).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        int status = process.waitFor();
        return new Ended(status, Files.readString(out), Files.readString(err));
    }
}
