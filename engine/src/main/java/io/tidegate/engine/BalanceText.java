package io.tidegate.engine;

import io.tidegate.config.Durations;
import io.tidegate.config.LoadBalancingConfig;
import io.tidegate.config.ProcessConfig;
import io.tidegate.config.RingHashConfig;
import io.tidegate.config.StickySessionConfig;
import io.tidegate.config.UpstreamConfig;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Says in words how an endpoint is chosen, defaults included.
final class BalanceText {

    private BalanceText() {
    }

    /// How one is chosen.
    static String method(LoadBalancingConfig config) {
        RingHashConfig ring = config.ringHash();
        return ring == null
                ? config.word()
                : "ringHash by " + ring.key() + ", "
                        + (ring.loadFactor() == 0 ? "no bound" : ring.loadFactor() + " of its share at most")
                        + "; without it " + config.word();
    }

    /// By key of the upstream.
    static Map<String, String> of(UpstreamConfig upstream, ProcessConfig gateway) {
        Map<String, String> text = new LinkedHashMap<>();
        text.put("stickySession", upstream.stickySession() == null ? "none" : session(upstream.stickySession()));
        text.put("slowStart", upstream.slowStart() == null ? "none" : Durations.format(upstream.slowStart()));
        text.put("zonePreference", zones(upstream, gateway));
        text.put("subset", upstream.subset() == null
                ? "none"
                : upstream.subset().size() + " of " + upstream.endpoints().size());
        return text;
    }

    private static String session(StickySessionConfig session) {
        return "by cookie " + session.cookie()
                + (session.ttl() == null
                        ? " until the browser is closed"
                        : " for "
                                + Durations.format(session.ttl()))
                + ", path " + session.path()
                + (session.secure() == null ? "" : session.secure() ? ", secure" : ", not secure")
                + (session.httpOnly() ? ", httpOnly" : "") + ", sameSite "
                + session.sameSite().name().toLowerCase(Locale.ROOT)
                + (session.secret() == null ? "; of this process alone" : "; of all who have the secret")
                + (session.forward() ? "; seen by the service" : "");
    }

    private static String zones(UpstreamConfig upstream, ProcessConfig gateway) {
        if (!upstream.zonePreference().enabled()) {
            return "off";
        }
        if (gateway.zone() == null) {
            return "none: gateway.zone is not said";
        }
        return upstream.zonePreference().splits(gateway.zone(), upstream.endpoints())
                ? gateway.zone() + ", spills below " + upstream.zonePreference().spillBelow()
                : "none: no endpoint in " + gateway.zone() + ", or none in another zone";
    }
}
