package io.tidegate.engine.observe;

import io.tidegate.engine.wire.QueryParameters;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/// Parameters of queries that policies of one configuration find credentials in, whatever they are called: their values
/// don't belong in a log either ([SecretNames]).
public final class SecretParameters {

    /// No parameters.
    public static final SecretParameters NONE = new SecretParameters(Set.of());

    private final byte[][] names;

    /// Those of these names, in upper or lower case.
    public SecretParameters(Set<String> names) {
        this.names = names.stream().map(name -> name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    /// Whether the range, escaped as in a query, is the name of one.
    boolean contains(byte[] bytes, int start, int end) {
        for (byte[] name : names) {
            if (QueryParameters.isNamed(bytes, start, end, name)) {
                return true;
            }
        }
        return false;
    }
}
