package io.tidegate.identity.internaltoken;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The key sets of this process, by name: policies of the type `identity` sign with them, those of the type
/// `identityKeys` publish them.
///
/// The two are different types, so what a context shares among policies of one type can't connect them; and the process
/// is whom services trust. A ring of keys lives as long as a policy holds it ([#acquire], [#release]), over reloads
/// too, as the policies of a new configuration are made before those of the old one are closed. Keys whose ring is gone
/// stay published until the tokens that they signed have ended.
final class KeySets {

    private static final Map<String, Named> SETS = new HashMap<>();

    private KeySets() {
    }

    /// What has one name.
    private static final class Named {
        private final Map<Object, Held> rings = new LinkedHashMap<>();
        private final List<SigningKey> ended = new ArrayList<>();

        void prune(InstantSource clock) {
            long now = clock.instant().minus(KeyRing.GRACE).getEpochSecond();
            ended.removeIf(key -> key.lastEnd() < now);
        }
    }

    /// A ring and how many policies hold it.
    private static final class Held {
        private final KeyRing ring;
        private int holders;

        Held(KeyRing ring) {
            this.ring = ring;
        }
    }

    /// The ring with these settings under this name, made where there is none. [#release] is owed.
    ///
    /// @param settings
    ///            what it is made of: equal settings are one ring
    /// @throws io.tidegate.api.ConfigException
    ///             where it can't be made
    static KeyRing acquire(String name, Object settings, InstantSource clock, Supplier<KeyRing> make) {
        KeyRing known = held(name, settings, clock, null);
        // To read a file or to make keys takes time, for which nobody who asks for the set shall wait.
        return known == null ? Objects.requireNonNull(held(name, settings, clock, make.get())) : known;
    }

    private static synchronized @Nullable KeyRing held(String name, Object settings, InstantSource clock,
            @Nullable KeyRing made) {
        Named set = SETS.get(name);
        Held held = set == null ? null : set.rings.get(settings);
        if (held == null && made == null) {
            return null;
        }
        if (held == null) {
            held = new Held(Objects.requireNonNull(made));
            set = SETS.computeIfAbsent(name, _ -> new Named());
            set.prune(clock);
            set.rings.put(settings, held);
        }
        held.holders++;
        return held.ring;
    }

    /// Gives up what [#acquire] has given.
    static synchronized void release(String name, Object settings) {
        Named set = SETS.get(name);
        Held held = set == null ? null : set.rings.get(settings);
        if (set == null || held == null || --held.holders > 0) {
            return;
        }
        set.rings.remove(settings);
        set.ended.addAll(held.ring.outstanding());
        forget(name, set);
    }

    private static void forget(String name, Named set) {
        if (set.rings.isEmpty() && set.ended.isEmpty()) {
            SETS.remove(name);
        }
    }

    /// What is published under this name: a JWK Set (RFC 7517 section 5). One without keys where nothing signs.
    static synchronized String published(String name, InstantSource clock) {
        List<String> found = new ArrayList<>();
        Named set = SETS.get(name);
        if (set != null) {
            set.rings.values().forEach(held -> held.ring.publish(found));
            set.prune(clock);
            set.ended.forEach(key -> found.add(key.publicJson()));
            forget(name, set);
        }
        // A key that one ring has given up and another has taken, as it stands in a file, is one.
        return found.stream().distinct().collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    }
}
