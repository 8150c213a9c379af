package io.tidegate.config;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The texts of a configuration that must not show up in a log, an error, a dump or the admin API: what came from a
/// file by `${file:…}`, and every component that is [io.tidegate.api.Secret].
public final class Secrets {

    /// No secret at all.
    public static final Secrets NONE = new Secrets(Set.of());

    /// What stands where a secret would.
    public static final String HIDDEN = "***";

    // Shorter ones would turn up by chance in any message; those are kept out of messages where they arise.
    private static final int SHORTEST = 4;

    private final Set<String> texts;
    private final List<String> replaced;

    private Secrets(Set<String> texts) {
        this.texts = texts;
        this.replaced = texts.stream().filter(text -> text.length() >= SHORTEST)
                .sorted(Comparator.comparingInt(String::length).reversed()).toList();
    }

    /// Gathers secrets during a load.
    static final class Collector {

        private final Set<String> texts = new LinkedHashSet<>();

        void add(String text) {
            if (!text.isEmpty()) {
                texts.add(text);
            }
        }

        Secrets secrets() {
            return texts.isEmpty() ? NONE : new Secrets(Collections.unmodifiableSet(new LinkedHashSet<>(texts)));
        }
    }

    /// Whether the whole text is a secret.
    public boolean contains(String text) {
        return texts.contains(text);
    }

    /// The message with `***` in place of every secret of four characters or more.
    public String hide(String message) {
        String result = message;
        for (String secret : replaced) {
            result = result.replace(secret, HIDDEN);
        }
        return result;
    }

    /// Tells nothing.
    @Override
    public String toString() {
        return HIDDEN;
    }
}
