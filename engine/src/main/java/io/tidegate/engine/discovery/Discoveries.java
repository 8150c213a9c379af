package io.tidegate.engine.discovery;

import io.tidegate.config.DiscoveryConfig;
import io.tidegate.config.EndpointUrl;
import io.tidegate.config.UpstreamConfig;
import io.tidegate.config.discovery.EndpointSource;
import io.tidegate.config.discovery.EndpointSources;
import io.tidegate.engine.names.Lookups;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The sources of all upstreams. One that is declared as before goes on over reloads, and keeps what it knows.
public final class Discoveries implements AutoCloseable {

    /// How long a configuration waits for the first answers of its new sources.
    private static final long FIRST_ANSWERS_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Lookups lookups;
    private final EndpointSources others;
    private final Map<Key, Discovery> running = new HashMap<>();

    private record Key(String upstream, DiscoveryConfig config, EndpointUrl.Scheme scheme) {
    }

    /// None yet.
    ///
    /// @param others
    ///            makes the sources that are not DNS
    public Discoveries(Lookups lookups, EndpointSources others) {
        this.lookups = lookups;
        this.others = others;
    }

    /// What looks for the endpoints of an upstream: one that runs, or a new one. To be given back by [#release].
    ///
    /// @return null where its endpoints are declared
    public synchronized @Nullable Discovery use(String upstream, UpstreamConfig declared) {
        DiscoveryConfig config = declared.discovery();
        if (config == null) {
            return null;
        }
        Discovery discovery = running.computeIfAbsent(new Key(upstream, config, declared.foundScheme()), key -> {
            Discovery made = new Discovery(upstream, config, source(config, key.scheme), System::nanoTime);
            made.start();
            return made;
        });
        discovery.users++;
        return discovery;
    }

    private EndpointSource source(DiscoveryConfig config, EndpointUrl.Scheme scheme) {
        EndpointSource made = config.dns() == null
                ? others.open(config, scheme)
                : new DnsSource(lookups, config.dns(), scheme);
        return made == null ? new NoSource(config.kind()) : made;
    }

    /// Waits a while for the first answers of these.
    public void await(Collection<Discovery> discoveries) {
        long end = System.nanoTime() + FIRST_ANSWERS_NANOS;
        try {
            for (Discovery discovery : discoveries) {
                if (!discovery.awaitFirst(end - System.nanoTime())) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Takes back one [#use]: after the last, nobody is asked any more.
    public synchronized void release(Discovery discovery) {
        if (--discovery.users == 0) {
            running.values().remove(discovery);
            discovery.close();
        }
    }

    @Override
    public synchronized void close() {
        running.values().forEach(Discovery::close);
        running.clear();
    }
}
