package io.tidegate.engine.tls;

import io.tidegate.engine.observe.Metrics;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches when certificates expire: a metric for each name of each listener, and a warning at 21, 7 and 1 days.
final class CertificateExpiry {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateExpiry.class);
    private static final long[] WARN_DAYS = {21, 7, 1, 0};
    private static final int MOST = 10_000;

    private final Metrics metrics;
    private final Map<Key, Watched> watched = new HashMap<>();

    private record Key(String listener, String name) {
    }

    private record Watched(long expires, Metrics.Registration registration) {
    }

    /// The least of [#WARN_DAYS] that was told of, by certificate's end: nothing is told twice.
    private final Map<Key, Long> told = new HashMap<>();

    CertificateExpiry(Metrics metrics) {
        this.metrics = metrics;
    }

    /// Watches the certificates of these listeners, and no others.
    synchronized void watch(Map<String, TlsHosts> listeners) {
        Map<Key, Long> next = new HashMap<>();
        listeners.forEach((listener, hosts) -> hosts.expiries()
                .forEach((name, expires) -> next.merge(new Key(listener, name), expires, Math::min)));
        watched.entrySet().removeIf(entry -> {
            Long expires = next.get(entry.getKey());
            boolean gone = expires == null || expires != entry.getValue().expires();
            if (gone) {
                entry.getValue().registration().close();
                told.remove(entry.getKey());
            }
            return gone;
        });
        next.forEach((key, expires) -> {
            if (!watched.containsKey(key) && watched.size() < MOST) {
                watched.put(key, new Watched(expires, metrics.gauge("tidegate_tls_certificate_expiry_seconds",
                        "When the certificate for a name expires, in seconds since 1970.", () -> expires / 1e3,
                        "listener", key.listener(), "name", key.name())));
            }
        });
    }

    /// Warns where it is time.
    synchronized void look(long nowMillis) {
        watched.forEach((key, entry) -> {
            long left = entry.expires() - nowMillis;
            long due = Long.MAX_VALUE;
            for (long days : WARN_DAYS) {
                due = left <= TimeUnit.DAYS.toMillis(days) ? days : due;
            }
            if (due < told.getOrDefault(key, Long.MAX_VALUE)) {
                told.put(key, due);
                LOG.atWarn().addKeyValue("listener", key.listener()).addKeyValue("name", key.name())
                        .addKeyValue("expires", Instant.ofEpochMilli(entry.expires()))
                        .log(left <= 0 ? "a certificate has expired" : "a certificate expires within {} days",
                                Math.max(due, 1));
            }
        });
    }
}
