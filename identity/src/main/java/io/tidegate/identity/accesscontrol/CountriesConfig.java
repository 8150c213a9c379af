package io.tidegate.identity.accesscontrol;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FilePath;
import io.tidegate.api.Pattern;
import java.util.List;

/// From which countries clients may call.
@Doc("From which countries clients may call, as a database tells where addresses are.")
public record CountriesConfig(
        @Doc("A database in the format of MaxMind (`.mmdb`) that tells countries: `country.iso_code`. It is held in memory, and read again when the file changes.") FilePath database,

        @Doc("Countries that may call; left out, all that `deny` does not have. Two letters each (ISO 3166-1).") @Default("[]") @Pattern(value = "[A-Z]{2}", expected = "two capital letters such as SE (ISO 3166-1)") List<String> allow,

        @Doc("Countries that may not.") @Default("[]") @Pattern(value = "[A-Z]{2}", expected = "two capital letters such as SE (ISO 3166-1)") List<String> deny,

        @Doc("What becomes of clients whose country the database does not know: private addresses among them.") Rule unknown) {

    /// Refuses a rule about no country.
    public CountriesConfig {
        if (allow.isEmpty() && deny.isEmpty()) {
            throw new ConfigException("must have 'allow' or 'deny'");
        }
        for (String country : deny) {
            if (allow.contains(country)) {
                throw new ConfigException("deny", "'" + country + "' stands in 'allow' too");
            }
        }
    }
}
