package io.tidegate.identity.accesscontrol;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.FilePath;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Refuses clients by where they are. An address that can't be read is refused, and one of which the database can't be
/// read.
final class AccessControlPolicy implements Policy {

    private static final String UNIX = "unix:";

    private final @Nullable Networks allow;
    private final Networks deny;
    private final boolean unixMayCall;
    private final @Nullable Countries countries;
    private final Set<String> allowedCountries;
    private final Set<String> deniedCountries;
    private final boolean unknownMayCall;

    private final Decision wrongAddress = Decision.fail(AccessFaults.ADDRESS);
    private final Decision wrongCountry = Decision.fail(AccessFaults.COUNTRY);
    private final Counter addresses;
    private final Counter others;
    private final Counter unknown;
    private final Counter broken;

    AccessControlPolicy(AccessControlConfig config, PolicyContext context) {
        allow = config.allow().isEmpty() && config.allowFile() == null
                ? null
                : networks(config.allow(), "allowFile", config.allowFile());
        deny = networks(config.deny(), "denyFile", config.denyFile());
        unixMayCall = config.unix() == Rule.ALLOW;
        CountriesConfig where = config.countries();
        countries = where == null ? null : Countries.open(where.database(), context);
        allowedCountries = where == null ? Set.of() : Set.copyOf(where.allow());
        deniedCountries = where == null ? Set.of() : Set.copyOf(where.deny());
        unknownMayCall = where != null && where.unknown() == Rule.ALLOW;
        addresses = context.counter("address");
        others = context.counter("country");
        unknown = context.counter("country_unknown");
        broken = context.counter("country_failed");
    }

    private static Networks networks(List<NetworkConfig> inline, String key, @Nullable FilePath file) {
        if (file == null) {
            return inline.isEmpty() ? Networks.NONE : Networks.of(inline);
        }
        List<NetworkConfig> all = new ArrayList<>(inline);
        all.addAll(NetworkFile.read(key, file));
        return Networks.of(all);
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        String text = exchange.client().address();
        if (text.startsWith(UNIX)) {
            return unixMayCall ? Decision.next() : counted(addresses, wrongAddress);
        }
        Address address = Address.parse(text);
        if (address == null || deny.contains(address) || (allow != null && !allow.contains(address))) {
            return counted(addresses, wrongAddress);
        }
        return countries == null ? Decision.next() : country(countries, address);
    }

    private Decision country(Countries known, Address address) {
        String country;
        try {
            country = known.of(address);
        } catch (UncheckedIOException e) {
            return counted(broken, wrongCountry);
        }
        if (country == null) {
            return unknownMayCall ? Decision.next() : counted(unknown, wrongCountry);
        }
        boolean may = !deniedCountries.contains(country)
                && (allowedCountries.isEmpty() || allowedCountries.contains(country));
        return may ? Decision.next() : counted(others, wrongCountry);
    }

    private static Decision counted(Counter counter, Decision refusal) {
        counter.add();
        return refusal;
    }
}
