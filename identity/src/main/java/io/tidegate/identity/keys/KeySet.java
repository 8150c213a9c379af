package io.tidegate.identity.keys;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Keys of an issuer as they were at one time. Never changes.
public final class KeySet {

    /// Most keys of a set; those beyond them are ignored.
    public static final int MAX_KEYS = 100;

    /// Most keys that are tried where a token does not name one.
    static final int MAX_TRIED = 4;

    /// No keys.
    public static final KeySet EMPTY = new KeySet(List.of());

    private final List<VerificationKey> keys;
    private final Map<String, List<VerificationKey>> byId = new HashMap<>();
    private final List<VerificationKey> nameless;

    private KeySet(List<VerificationKey> keys) {
        this.keys = keys;
        for (VerificationKey key : keys) {
            if (key.id() != null) {
                byId.put(key.id(), List.of(key));
            }
        }
        this.nameless = keys.stream().filter(key -> key.id() == null).toList();
    }

    /// A set of these keys. Of several different ones with the same name none is taken: which is meant can't be told.
    public static KeySet of(List<VerificationKey> keys) {
        Map<String, VerificationKey> named = new HashMap<>();
        Set<String> ambiguous = new HashSet<>();
        List<VerificationKey> taken = new ArrayList<>();
        for (VerificationKey key : keys) {
            VerificationKey before = key.id() == null ? null : named.putIfAbsent(key.id(), key);
            if (before == null) {
                taken.add(key);
            } else if (!before.isSameMaterialAs(key)) {
                ambiguous.add(before.id());
            }
        }
        taken.removeIf(key -> key.id() != null && ambiguous.contains(key.id()));
        return new KeySet(List.copyOf(taken.subList(0, Math.min(taken.size(), MAX_KEYS))));
    }

    /// All of them.
    public List<VerificationKey> keys() {
        return keys;
    }

    /// Whether there are none.
    public boolean isEmpty() {
        return keys.isEmpty();
    }

    /// The keys by which a token is to be checked, empty where none is known.
    ///
    /// @param id
    ///            the token's `kid`, compared as it is; null where it has none. Then the keys that are good for the
    ///            algorithm are tried, where they are not too many.
    /// @param algorithm
    ///            the token's. A key that has its name may be good for another.
    public List<VerificationKey> candidates(@Nullable String id, SignatureAlgorithm algorithm) {
        if (id != null) {
            List<VerificationKey> named = byId.get(id);
            if (named != null) {
                return named;
            }
        }
        List<VerificationKey> fitting = new ArrayList<>();
        for (VerificationKey key : id == null ? keys : nameless) {
            if (key.algorithm() == algorithm) {
                fitting.add(key);
            }
        }
        return fitting.size() > MAX_TRIED ? List.of() : fitting;
    }

    /// Whether this very key is one of them.
    public boolean holds(VerificationKey key) {
        if (key.id() == null) {
            return nameless.contains(key);
        }
        List<VerificationKey> named = byId.get(key.id());
        return named != null && named.getFirst() == key;
    }

    /// This set with the objects of an earlier one for the keys that have stayed: the earlier set itself where
    /// all have.
    KeySet after(KeySet earlier) {
        List<VerificationKey> merged = new ArrayList<>();
        int stayed = 0;
        for (VerificationKey key : keys) {
            VerificationKey same = null;
            for (VerificationKey other : earlier.keys) {
                if (other.isSameAs(key)) {
                    same = other;
                    stayed++;
                    break;
                }
            }
            merged.add(same == null ? key : same);
        }
        return stayed == keys.size() && stayed == earlier.keys.size() ? earlier : new KeySet(List.copyOf(merged));
    }

    @Override
    public String toString() {
        return keys.toString();
    }
}
