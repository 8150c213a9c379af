package io.tidegate.tests;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// h2spec, a test suite of HTTP/2 by others.
public final class H2Spec {

    private static final String PROGRAM = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";

    private H2Spec() {
    }

    /// Runs every case, in strict mode.
    ///
    /// @param folder
    ///            where the program is put
    /// @param options
    ///            further options of the program
    /// @return its report
    public static String run(Path folder, InetSocketAddress address, String... options)
            throws IOException, InterruptedException {
        Path archive = folder.resolve("h2spec.tar.gz");
        try (InputStream in = Objects.requireNonNull(H2Spec.class.getResourceAsStream(PROGRAM))) {
            Files.copy(in, archive);
        }
        Path output = folder.resolve("h2spec.txt");
        execute(List.of("tar", "xzf", archive.toString(), "-C", folder.toString()), output);
        List<String> command = new ArrayList<>(List.of(folder.resolve("h2spec").toString(), "-h",
                address.getAddress().getHostAddress(), "-p", Integer.toString(address.getPort()), "--strict"));
        command.addAll(List.of(options));
        execute(command, output);
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    private static void execute(List<String> command, Path output) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            process.waitFor();
        } finally {
            process.destroy();
        }
    }
}
