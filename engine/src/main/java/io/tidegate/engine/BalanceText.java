package io.tidegate.engine;

import io.tidegate.config.CookieConfig;
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
    ///
    /// @param identified
    ///            whether it is found out who calls
    static String method(LoadBalancingConfig config, boolean identified) {
        RingHashConfig ring = config.ringHash();
        if (ring == null) {
            return config.word();
        }
        if (ring.key().isOfCaller() && !identified) {
            return config.word() + ": no policy here finds out who calls, so that there is no " + ring.key();
        }
        return "ringHash by " + ring.key() + ", "
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
        return "by cookie " + session.cookie() + attributes(session)
                + (session.secret() == null ? "; of this process alone" : "; of all who have the secret")
                + (session.forward() ? "; seen by the service" : "");
    }

    /// What clients are told of a cookie beside its value.
    static String attributes(CookieConfig cookie) {
        return (cookie.ttl() == null ? " until the browser is closed" : " for " + Durations.format(cookie.ttl()))
                + ", path " + cookie.path()
                + (cookie.secure() == null ? "" : cookie.secure() ? ", secure" : ", not secure")
                + (cookie.httpOnly() ? ", httpOnly" : "") + ", sameSite "
                + cookie.sameSite().name().toLowerCase(Locale.ROOT);
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
