package io.tidegate.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `check` finds beyond what the text of a configuration tells.
class CheckCommandTest {

    private static final String ROUTES = """
            upstreams: { service: { endpoints: [http://10.0.0.1:80] } }
            routes:
              tokens:
                match: [{ path: /tokens }]
                upstream: service
                policies: [{ anyOf: [{ apiKey: {} }, { jwt: { issuer: "https://id.example.com", audience: shop, keysFile: KEYS } }] }]
              passwords:
                match: [{ path: /passwords }]
                upstream: service
                policies: [{ basicAuth: {} }]
            consumers:
              acme: { passwords: [{ username: acme, hash: "HASH" }] }
            """;
    private static final String HASH = "$2a$04$zVHmKQtGGQob.b/Nc7l9NO8UlrYcW05FiuCj/SxsFO/ZtiN9.mNzy";

    @TempDir
    private Path folder;

    private record Ended(int status, String out, String err) {
    }

    private Ended check(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("tidegate.yaml"), yaml);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = CommandLines.run(new PrintWriter(out, true), new PrintWriter(err, true), "check",
                file.toString());
        return new Ended(status, out.toString(), err.toString());
    }

    @Test
    void findsKeysAndHashesThatCanNotBeUsed() throws IOException {
        Ended ended = check(ROUTES.replace("KEYS", "nowhere.pem").replace("HASH", "hunter2"));

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err().lines()).hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("tidegate.yaml:6:", "jwt.keysFile: can't be read"))
                .anySatisfy(line -> assertThat(line).contains("tidegate.yaml:10:", "the password of the user 'acme'"));
    }

    @Test
    void takesWhatCanBeUsedAndCallsNobody() throws IOException {
        Ended ended = check(
                ROUTES.replace("keysFile: KEYS", "jwksUri: \"http://127.0.0.1:1/jwks\"").replace("HASH", HASH));

        assertThat(ended.err()).isEmpty();
        assertThat(ended.status()).isZero();
    }
}
