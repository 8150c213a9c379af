package io.tidegate.engine;

import io.tidegate.config.DiscoveryConfig;
import io.tidegate.config.Durations;
import io.tidegate.config.EndpointConfig;
import io.tidegate.config.EndpointFile;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.config.discovery.Found;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Says in words where the endpoints of an upstream come from, and which they are.
final class DiscoveryText {

    private DiscoveryText() {
    }

    /// The source, and what is made of its answers, defaults included.
    static String of(UpstreamConfig upstream, DiscoveryConfig discovery) {
        String scheme = discovery.file() != null
                ? ""
                : ", by " + upstream.foundScheme().name().toLowerCase(Locale.ROOT);
        return discovery + scheme + asked(discovery) + "; at most " + discovery.maxEndpoints() + " endpoints, none "
                + (discovery.emptyAfter() == null
                        ? "never believed"
                        : "believed after " + Durations.format(discovery.emptyAfter()));
    }

    private static String asked(DiscoveryConfig discovery) {
        DiscoveryConfig.Dns dns = discovery.dns();
        if (dns != null) {
            return ", every " + Durations.format(dns.minTtl()) + " to " + Durations.format(dns.maxTtl())
                    + " as the answer says";
        }
        DiscoveryConfig.Consul consul = discovery.consul();
        if (consul != null) {
            return ", by questions that wait for " + Durations.format(consul.maxWait());
        }
        DiscoveryConfig.Eureka eureka = discovery.eureka();
        return eureka == null ? ", watched" : ", every " + Durations.format(eureka.interval());
    }

    /// The endpoints: those that were found, else those that are declared, or stand in the file.
    ///
    /// @param found
    ///            null where nobody looks for them
    static List<String> endpoints(UpstreamConfig upstream, @Nullable List<Found> found) {
        if (found != null) {
            return found.stream().map(each -> describe(each.config())
                    + (each.name() == null ? "" : " as " + each.name())
                    + (each.tier() == 0 ? "" : " tier " + each.tier())).toList();
        }
        DiscoveryConfig discovery = upstream.discovery();
        List<EndpointConfig> declared = discovery != null && discovery.file() != null
                ? EndpointFile.read(discovery.file().path().path()).endpoints()
                : upstream.endpoints();
        return declared.stream().filter(endpoint -> endpoint.weight() > 0).map(DiscoveryText::describe).toList();
    }

    private static String describe(EndpointConfig endpoint) {
        return endpoint.url() + (endpoint.weight() == 1 ? "" : " weight " + endpoint.weight())
                + (endpoint.zone() == null ? "" : " in " + endpoint.zone());
    }
}
