package io.tidegate.acme;

import io.tidegate.config.AcmeConfig;
import io.tidegate.config.ChallengeTarget;
import io.tidegate.config.GatewayConfig;
import io.tidegate.config.ListenerConfig;
import io.tidegate.config.RedisConfig;
import io.tidegate.config.SharedRooms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Gets the certificates that configurations ask for by `acme`, and renews them, for as long as it is open. May be used
/// by several threads.
public final class AcmeCertificates implements AutoCloseable {

    private final OpenRooms rooms;
    private final Renewal.Surroundings surroundings;
    private final Map<Account, Renewal> renewals = new HashMap<>();
    private boolean closed;

    /// What shares an account and certificates.
    ///
    /// @param redis
    ///            the store by network; null where gateways share by `store` alone
    private record Account(Path store, String directory, @Nullable RedisConfig redis,
            AcmeConfig.@Nullable SharingConfig sharing) {

        static Account of(AcmeConfig acme, GatewayConfig config) {
            return new Account(acme.store().path().toAbsolutePath().normalize(), acme.directory(),
                    acme.redis() == null ? null : config.sharedState().redis(), acme.redis());
        }
    }

    /// One that asks for nothing yet.
    ///
    /// @param target
    ///            shows authorities what they look for
    /// @param rooms
    ///            opens a store by network, where one is asked for
    public AcmeCertificates(ChallengeTarget target, Function<RedisConfig, SharedRooms> rooms) {
        // No reference to its constructor: that would load the libraries, which most gateways never need.
        this(target, rooms, (config, store) -> new Rfc8555Authority(config, store), InstantSource.system(),
                Timing.USUAL);
    }

    AcmeCertificates(ChallengeTarget target, Function<RedisConfig, SharedRooms> rooms,
            BiFunction<AcmeConfig, Store, Authority> authorities, InstantSource clock, Timing timing) {
        this.rooms = new OpenRooms(rooms);
        this.surroundings = new Renewal.Surroundings(new OpenChallenges(target), authorities, clock, timing);
    }

    /// Gets what this configuration asks for, and nothing else any more. What is asked for as before goes on.
    public synchronized void apply(GatewayConfig config) {
        if (closed) {
            return;
        }
        Map<Account, AcmeConfig> wanted = wanted(config);
        renewals.entrySet().removeIf(entry -> {
            boolean gone = !wanted.containsKey(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
        wanted.forEach((account, acme) -> {
            Renewal running = renewals.get(account);
            if (running == null) {
                Renewal begun = new Renewal(acme, current -> open(current, account.redis()), surroundings);
                renewals.put(account, begun);
                begun.start();
            } else {
                running.update(acme);
            }
        });
        rooms.keepOnly(wanted.keySet().stream().map(Account::redis).filter(Objects::nonNull).findAny().orElse(null));
    }

    private Store open(AcmeConfig acme, @Nullable RedisConfig redis) throws IOException {
        FileStore files = new FileStore(acme.folder().path(), surroundings.timing().lease());
        AcmeConfig.SharingConfig sharing = acme.redis();
        return redis == null || sharing == null
                ? files
                : new SharedStore(files, rooms.of(redis).room(acme.room()), acme.room(), new Seal(sharing.secrets()),
                        surroundings.clock(), surroundings.timing());
    }

    private static Map<Account, AcmeConfig> wanted(GatewayConfig config) {
        Map<Account, Set<String>> names = new HashMap<>();
        Map<Account, AcmeConfig> settings = new HashMap<>();
        for (ListenerConfig listener : config.listeners().values()) {
            AcmeConfig acme = listener.tls() == null ? null : listener.tls().acme();
            if (acme != null) {
                names.computeIfAbsent(Account.of(acme, config), account -> new TreeSet<>()).addAll(acme.names());
                settings.putIfAbsent(Account.of(acme, config), acme);
            }
        }
        settings.replaceAll((account, acme) -> acme.withNames(List.copyOf(names.getOrDefault(account, Set.of()))));
        return settings;
    }

    private synchronized List<NameStatus> statuses() {
        List<NameStatus> all = new ArrayList<>();
        renewals.values().forEach(renewal -> all.addAll(renewal.statuses()));
        return all;
    }

    private synchronized List<String> troubles() {
        return renewals.values().stream().map(Renewal::complaint).filter(Objects::nonNull).distinct().toList();
    }

    /// What does not work as it should, one sentence each; empty if all is well.
    public List<String> degraded() {
        return Stream.concat(statuses().stream().map(NameStatus::complaint).filter(Objects::nonNull),
                troubles().stream()).sorted().toList();
    }

    /// What is measured, in Prometheus' text format; empty where nothing is asked for.
    public String metrics() {
        return AcmeMetrics.of(statuses(), troubles().isEmpty());
    }

    /// Asks for nothing any more.
    @Override
    public void close() {
        List<Renewal> running;
        synchronized (this) {
            closed = true;
            running = List.copyOf(renewals.values());
            renewals.clear();
        }
        running.forEach(Renewal::close);
        rooms.close();
    }
}
