package io.tidegate.identity.accesscontrol;

import io.tidegate.api.ConfigException;
import io.tidegate.api.FilePath;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/// Networks in a file: one a line, blank lines and what stands behind `#` left out.
final class NetworkFile {

    /// So that a wrong file can't fill the memory: far more than any list has.
    private static final int MOST = 2_000_000;

    private NetworkFile() {
    }

    /// Reads them all.
    ///
    /// @param component
    ///            the key that names the file
    /// @throws ConfigException
    ///             where it can't be read, or a line is no network
    static List<NetworkConfig> read(String component, FilePath file) {
        List<NetworkConfig> networks = new ArrayList<>();
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file.path(), StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                int comment = line.indexOf('#');
                String text = (comment < 0 ? line : line.substring(0, comment)).strip();
                if (!text.isEmpty()) {
                    networks.add(NetworkConfig.of(text));
                }
                if (networks.size() > MOST) {
                    throw new ConfigException(component, "'" + file + "' has more than " + MOST + " networks");
                }
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigException(component, "'" + file + "' line " + number + ": " + e.getMessage());
        } catch (CharacterCodingException e) {
            throw new ConfigException(component, "'" + file + "' is no text in UTF-8");
        } catch (IOException e) {
            throw new ConfigException(component, "'" + file + "' can't be read: " + e.getMessage());
        }
        return networks;
    }
}
