package io.tidegate.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.identity.apikey.KeyHash;
import io.tidegate.identity.basicauth.PasswordHash;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyCommandTest {

    private static final String REST = """
            listeners: { web: { address: "127.0.0.1:0" } }
            upstreams: { a: { endpoints: ["http://127.0.0.1:1"] } }
            routes: { a: { upstream: a, policies: [{ apiKey: {} }] } }
            """;

    @TempDir
    private Path folder;

    private record Ended(int status, String out, String err) {

        String key() {
            Matcher found = Pattern.compile("tg_[0-9A-Za-z]{40}_[0-9A-Za-z]{6}").matcher(out);
            assertThat(found.find()).as(out).isTrue();
            return found.group();
        }

        /// What is to be pasted: all behind the line with the key.
        String yaml() {
            return out.substring(out.indexOf("consumers:"));
        }

        Instant expires() {
            Matcher found = Pattern.compile("expires: (\\S+)").matcher(out);
            assertThat(found.find()).as(out).isTrue();
            return Instant.parse(found.group(1));
        }
    }

    private static Ended run(String input, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        SecretInput secrets = new SecretInput(new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)),
                () -> false);
        int status = CommandLines.run(new PrintWriter(out, true), new PrintWriter(err, true), secrets, arguments);
        return new Ended(status, out.toString(), err.toString());
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void aProcessReadsAPipe() throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), "io.tidegate.app.Main", "key", "hash")
                .redirectError(folder.resolve("errors").toFile()).start();
        process.getOutputStream().write("a-key-of-theirs".getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().close();

        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualToIgnoringNewLines(KeyHash.hexOf("a-key-of-theirs"));
        assertThat(process.waitFor()).as(Files.readString(folder.resolve("errors"))).isZero();
    }

    @Test
    void makesAKeyAndWhatToWriteForIt() throws IOException {
        Ended made = run("", "key", "new", "--consumer", "42", "--name", "2027", "--expires", "90d");

        assertThat(made.status()).isZero();
        assertThat(made.err()).isEmpty();
        assertThat(made.yaml()).contains("sha256: " + KeyHash.hexOf(made.key())).contains("\"42\":")
                .contains("name: \"2027\"").doesNotContain(made.key());
        assertThat(made.expires()).isBetween(Instant.now().plus(Duration.ofDays(89)),
                Instant.now().plus(Duration.ofDays(90)));
        assertThat(run("", "check", file("made.yaml", REST + made.yaml())).err()).isEmpty();
        assertThat(run("", "key", "new").key()).isNotEqualTo(made.key());
    }

    @Test
    void aKeyWithoutAnEndHasNone() {
        assertThat(run("", "key", "new").out()).doesNotContain("expires").contains("  NAME:");
        assertThat(run("", "key", "new", "--expires", "2099-01-31").out()).contains("expires: 2099-01-31T00:00:00Z");
    }

    @Test
    void hashesAKeyThatIsGivenOrRead() {
        String hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

        assertThat(run("", "key", "hash", "abc").out().strip()).isEqualTo(hash);
        assertThat(run("abc", "key", "hash").out().strip()).isEqualTo(hash);
        assertThat(run("abc\r\n", "key", "hash").out().strip()).isEqualTo(hash);
    }

    @Test
    void hashesAPasswordFromStandardInputAlone() {
        Ended hashed = run("correct horse\n", "key", "hash", "--password");

        assertThat(hashed.status()).isZero();
        assertThat(hashed.out()).startsWith("$argon2id$v=19$m=19456,t=2,p=1$").doesNotContain("horse");
        assertThat(PasswordHash.parse(hashed.out().strip())
                .matches("correct horse".getBytes(StandardCharsets.UTF_8))).isTrue();
        Ended given = run("", "key", "hash", "--password", "hunter2");
        assertThat(given.status()).isEqualTo(2);
        assertThat(given.err()).contains("read from standard input").doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"''|empty", "'a\nb\n'|one line", "'a b'|visible ASCII",
        "'\u00ff'|not UTF-8"})
    void inputThatIsNoKeyIsRefusedWithoutShowingIt(String input, String message) {
        Ended ended = run(input, "key", "hash");

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains(message);
    }

    @Test
    void rotatesAKeySoThatTheOldOneEndsAfterTheOverlap() throws IOException {
        Ended old = run("", "key", "new", "--consumer", "shop", "--name", "first");
        String file = file("old.yaml", REST + old.yaml());

        Ended rotated = run("", "key", "rotate", file, "shop", "--name", "second", "--overlap", "2d");

        assertThat(rotated.status()).isZero();
        assertThat(rotated.key()).isNotEqualTo(old.key());
        assertThat(rotated.yaml()).contains(KeyHash.hexOf(old.key())).contains(KeyHash.hexOf(rotated.key()))
                .contains("name: first").contains("name: second").containsOnlyOnce("expires: ");
        assertThat(rotated.expires()).isBetween(Instant.now().plus(Duration.ofDays(1)),
                Instant.now().plus(Duration.ofDays(2)));
        assertThat(run("", "check", file("new.yaml", REST + rotated.yaml())).err()).isEmpty();
        assertThat(Path.of(file)).hasContent(REST + old.yaml());
    }

    @Test
    void aRotationNeverMakesAnOldKeyLiveLongerAndDropsThoseThatAreOver() throws IOException {
        String file = file("old.yaml", REST + """
                consumers:
                  shop:
                    apiKeys:
                      - { sha256: %s, name: over, expires: 2020-01-01 }
                      - { sha256: %s, name: soon, expires: 2099-01-01, notBefore: 2098-01-01 }
                """.formatted("a0".repeat(32), "b1".repeat(32)));

        Ended rotated = run("", "key", "rotate", file, "shop", "--overlap", "36000d");

        assertThat(rotated.out()).doesNotContain("over").contains("expires: 2099-01-01T00:00:00Z");
        assertThat(run("", "key", "rotate", file, "shop").out()).doesNotContain("name: soon");
    }

    @Test
    void keysOfAFileAreLeftToWhoeverWritesIt() throws IOException {
        String keys = file("keys.txt", "a0".repeat(32) + " name=web\n");
        String file = file("a.yaml", REST + "consumers: { shop: { apiKeysFile: " + keys + " } }\n");

        Ended rotated = run("", "key", "rotate", file, "shop");

        assertThat(rotated.status()).isZero();
        assertThat(rotated.out()).doesNotContain("a0a0");
        assertThat(rotated.err()).contains("keys.txt stay as they are");
    }

    @Test
    void whatCanNotBeRotatedIsSaid() throws IOException {
        String file = file("a.yaml", REST + "consumers: { shop: {} }\n");

        assertThat(run("", "key", "rotate", file, "shup")).satisfies(ended -> {
            assertThat(ended.status()).isEqualTo(1);
            assertThat(ended.err()).contains("no consumer is named 'shup'").contains("did you mean 'shop'?");
        });
        assertThat(run("", "key", "rotate", file("bad.yaml", "routez: {}\n"), "shop").status()).isEqualTo(1);
        assertThat(run("", "key", "rotate", file).err()).contains("CONSUMER is missing");
        assertThat(run("", "key", "rotate").err()).contains("FILE is missing");
    }

    @ParameterizedTest
    @CsvSource({"'key', 'ACTION is missing'", "'key nwe', 'must be new, hash or rotate'",
        "'key new x', 'unexpected argument'", "'key hash --expires 3d', 'takes no --expires'",
        "'key new --expires 2001-01-01', 'must be ahead'", "'key new --expires soon', 'such as 90d'",
        "'key new --password', 'takes no --password'", "'key new --consumer A', 'must be made of a-z'",
        "'key new --name= ', 'must be a name'"})
    void wrongUsageIsTold(String words, String message) {
        Ended ended = run("", words.split(" ", -1));

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains(message);
    }
}
