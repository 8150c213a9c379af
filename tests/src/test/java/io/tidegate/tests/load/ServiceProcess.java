package io.tidegate.tests.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A [ServiceMain] that runs, to be stopped and killed.
final class ServiceProcess implements AutoCloseable {

    private final Process process;
    private final int port;

    private ServiceProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /// Starts one on this port; 0 for any.
    static ServiceProcess start(int port) {
        try {
            Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx32m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                    // Closing a connection that was idle is the gateway's to do here.
                    "-Dsun.net.httpserver.idleInterval=600", "-cp",
                    Path.of(ServiceMain.class.getProtectionDomain().getCodeSource().getLocation().getPath()).toString(),
                    ServiceMain.class.getName(), Integer.toString(port)).redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String line = new BufferedReader(
                    new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
            if (line == null) {
                throw new IllegalStateException("the service did not start");
            }
            return new ServiceProcess(process, Integer.parseInt(line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /// SIGKILL: it says goodbye to nobody.
    void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// `STOP` and `CONT`: it stays connected and says nothing.
    void signal(String name) {
        try {
            int status = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill ended with " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
