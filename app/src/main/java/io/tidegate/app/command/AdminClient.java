package io.tidegate.app.command;

import io.tidegate.control.ControlPlane;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Asks the admin listener of a gateway that runs.
final class AdminClient {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int READ_MILLIS = 30_000;
    private static final int MOST = 64 << 20;
    private static final int UNAUTHORIZED = 401;

    private final URI address;
    private final Path token;

    private AdminClient(URI address, Path token) {
        this.address = address;
        this.token = token;
    }

    /// Adds the options that say which gateway is asked.
    static Syntax options(Syntax syntax) {
        return syntax.option("--admin", "ADDRESS", "127.0.0.1:9901", "The address of its admin listener.")
                .optional("--token-file", "FILE", "A file that holds the admin token. Default: the one that the gateway"
                        + " has written for its user.");
    }

    /// The gateway that the options name.
    ///
    /// @throws UsageException
    ///             where they name none
    static AdminClient of(Arguments arguments) {
        URI address = arguments.value("--admin", AdminClient::address);
        List<String> file = arguments.all("--token-file");
        return new AdminClient(address, file.isEmpty()
                ? ControlPlane.tokenFile(ControlPlane.tokenFolder(System::getenv), address.getPort())
                : Path.of(file.getFirst()));
    }

    private static URI address(String text) {
        String full = text.startsWith(":") ? "127.0.0.1" + text : text;
        try {
            URI uri = URI.create("http://" + full);
            if (uri.getHost() != null && uri.getPort() > 0 && uri.getRawPath().isEmpty()) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // As for every other text that is none.
        }
        throw new IllegalArgumentException("must be a host and a port such as 127.0.0.1:9901 (was '" + text + "')");
    }

    /// What stands at a path.
    ///
    /// @throws WrongInputException
    ///             where that can't be had, saying why
    String get(String path) {
        try {
            HttpURLConnection connection = (HttpURLConnection) address.resolve(path).toURL().openConnection();
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(READ_MILLIS);
            connection.setInstanceFollowRedirects(false);
            connection.setRequestProperty("Authorization", "Bearer " + token());
            int status = connection.getResponseCode();
            if (status == UNAUTHORIZED) {
                throw new WrongInputException(
                        "the gateway at " + address.getAuthority() + " does not take the token in "
                                + token + "; name another file with --token-file");
            }
            if (status != HttpURLConnection.HTTP_OK) {
                throw new WrongInputException("the gateway at " + address.getAuthority() + " answered " + status
                        + " to GET " + path);
            }
            try (InputStream in = connection.getInputStream()) {
                return new String(in.readNBytes(MOST), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new WrongInputException("the gateway at " + address.getAuthority() + " can't be asked: "
                    + e.getMessage());
        }
    }

    private String token() {
        try {
            return Files.readString(token).strip();
        } catch (IOException e) {
            throw new WrongInputException("the admin token can't be read from " + token
                    + ": does a gateway run with its"
                    + " admin listener at " + address.getAuthority() + ", by this user? Another file is named with"
                    + " --token-file");
        }
    }
}
