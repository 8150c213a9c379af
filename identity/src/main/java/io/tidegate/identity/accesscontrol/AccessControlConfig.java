package io.tidegate.identity.accesscontrol;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FilePath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Configuration of `accessControl`.
@Doc("Says from which addresses and countries clients may call. What is denied is refused, whatever allows it.")
public record AccessControlConfig(
        @Doc("Networks that may call; without them and `allowFile`, all that are not denied.") @Default("[]") List<NetworkConfig> allow,

        @Doc("A file with more of them: one a line, `#` begins a comment. Read again when it changes.") @Nullable FilePath allowFile,

        @Doc("Networks that may not call.") @Default("[]") List<NetworkConfig> deny,

        @Doc("A file with more of them.") @Nullable FilePath denyFile,

        @Doc("From which countries clients may call.") @Nullable CountriesConfig countries,

        @Doc("What becomes of clients on a Unix socket, which have no address.") @Default("deny") Rule unix) {

    /// Refuses one that says nothing.
    public AccessControlConfig {
        if (allow.isEmpty() && deny.isEmpty() && allowFile == null && denyFile == null && countries == null) {
            throw new ConfigException(
                    "must say who may call: at least one of allow, allowFile, deny, denyFile, countries");
        }
    }
}
