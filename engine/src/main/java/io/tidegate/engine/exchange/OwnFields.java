package io.tidegate.engine.exchange;

import io.tidegate.engine.wire.NamedFields;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.Trailers;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Header fields that clients have no business to send, as policies of a configuration write them. Immutable.
///
/// For services that take `_` for `-` the two are one name; what a client sends with `_` is gone already.
public final class OwnFields {

    private final Set<String> names;
    private final String[] each;

    /// Those of these names, in upper or lower case.
    public OwnFields(Set<String> names) {
        this.names = names.stream().map(name -> name.toLowerCase(Locale.ROOT).replace('_', '-'))
                .collect(Collectors.toUnmodifiableSet());
        this.each = this.names.toArray(new String[0]);
    }

    /// Takes them out of what a client has sent: neither services nor policies see them, and no route is found by them.
    public void strip(RequestHead request) {
        for (String name : each) {
            NamedFields.remove(request, name);
        }
    }

    /// The same for what a client has sent behind a body; null where nothing is left.
    @Nullable
    Trailers strip(Trailers behind) {
        return each.length == 0 ? behind : behind.without(names);
    }
}
