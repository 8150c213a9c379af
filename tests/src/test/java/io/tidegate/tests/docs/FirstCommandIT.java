package io.tidegate.tests.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import io.tidegate.tests.Project;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The command that the README begins with, as somebody would type it who has just cloned the project.
class FirstCommandIT {

    @TempDir
    private Path folder;

    private Path out;
    private Path err;

    @BeforeEach
    void nameFiles() {
        out = folder.resolve("out.txt");
        err = folder.resolve("err.txt");
    }

    private Process start() throws IOException {
        assertThat(Project.read(Project.root().resolve("README.md"))).contains("./tidegate demo ");
        // Whoever runs the tests in the background has been told to ignore the signal that ends the demo.
        ProcessBuilder demo = new ProcessBuilder("env", "--default-signal=INT",
                Project.root().resolve("tidegate").toString(), "demo", "--port", "0",
                "--admin-port", "0").directory(folder.toFile()).redirectOutput(out.toFile())
                .redirectError(err.toFile());
        demo.environment().put("XDG_RUNTIME_DIR", folder.toString());
        demo.environment().put("TIDEGATE_JAVA_HOME", System.getProperty("java.home"));
        // The cache is for the next start, and there is none.
        demo.environment().put("TIDEGATE_AOT", "off");
        return demo.start();
    }

    @Test
    void showsAShopAndEndsWellWithSigint() throws Exception {
        Process demo = start();
        try {
            while (demo.isAlive() && !Files.readString(out).contains("Ctrl-C")) {
                // For as long as it builds, where it has to.
                Thread.sleep(50);
            }
            String told = Files.readString(out);
            Matcher port = Pattern.compile("gateway +http://localhost:(\\d+)").matcher(told);
            assertThat(port.find()).as(told + Files.readString(err)).isTrue();
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(),
                    Integer.parseInt(port.group(1)));
            for (String path : List.of("/orders", "/orders/1001", "/payments", "/users")) {
                try (RawClient client = RawClient.connect(address)) {
                    assertThat(client.get(path).status()).as(path).isEqualTo(200);
                }
            }

            assertThat(new ProcessBuilder("kill", "-INT", Long.toString(demo.pid())).start().waitFor()).isZero();

            assertThat(demo.waitFor()).as(Files.readString(err)).isZero();
        } finally {
            demo.descendants().forEach(ProcessHandle::destroyForcibly);
            demo.destroyForcibly().waitFor();
        }
    }
}
