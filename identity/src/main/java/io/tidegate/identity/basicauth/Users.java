package io.tidegate.identity.basicauth;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers;
import io.tidegate.identity.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The users of a configuration, and somebody for every other name: whose password is never right, but takes as long to
/// check as that of a user. Immutable.
final class Users {

    /// Parameters of what `tidegate key hash --password` makes; of nobody's password.
    private static final String NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA"
            + "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private final Map<String, User> users = new HashMap<>();
    private final List<PasswordHash> decoys = new ArrayList<>();

    /// One of them.
    ///
    /// @param text
    ///            the hash as it is declared
    record User(Consumer consumer, PasswordHash hash, String text) {

        @Override
        public String toString() {
            return "User[" + consumer.name() + "]";
        }
    }

    /// Reads the hash of every user.
    ///
    /// @throws ConfigException
    ///             where one can't be used
    Users(Consumers consumers) {
        new TreeMap<>(consumers.passwords()).forEach((name, password) -> {
            try {
                PasswordHash hash = PasswordHash.parse(password.hash());
                users.put(name, new User(password.consumer(), hash, password.hash()));
                decoys.add(hash);
            } catch (IllegalArgumentException e) {
                throw new ConfigException("the password of the user '" + name + "' of the consumer '"
                        + password.consumer().name() + "': " + e.getMessage());
            }
        });
        if (decoys.isEmpty()) {
            decoys.add(PasswordHash.parse(NOBODY));
        }
    }

    /// The user of this name, or null.
    @Nullable
    User named(String name) {
        return users.get(name);
    }

    /// The hash that a name of nobody is checked against, always the same for the same name: of those declared, so that
    /// names of nobody take as long as those of users do, whatever their parameters.
    PasswordHash decoy(String name) {
        return decoys.get((int) Long.remainderUnsigned(Digest.of(name).first(), decoys.size()));
    }
}
