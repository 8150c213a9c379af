package io.tidegate.testkit;

import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.FieldSyntax;
import io.tidegate.api.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Header fields that hold to the contract of [Headers].
final class TesterHeaders implements Headers {

    /// Hop-by-hop fields, framing and `Host`: policies may read, never change them.
    private static final Set<String> OWNED_BY_GATEWAY = Set.of("host", "connection", "keep-alive", "proxy-connection",
            "te", "trailer", "transfer-encoding", "upgrade", "http2-settings", "proxy-authenticate",
            "proxy-authorization", "content-length", "expect");

    private final Confinement confinement;
    private final List<Field> fields;
    private boolean sent;

    TesterHeaders(Confinement confinement, List<Field> fields) {
        this.confinement = confinement;
        this.fields = new ArrayList<>(fields);
    }

    static boolean ownedByGateway(String name) {
        return OWNED_BY_GATEWAY.contains(name.toLowerCase(Locale.ROOT));
    }

    /// The fields that pass to the other side.
    List<Field> forwarded() {
        return fields.stream().filter(field -> !ownedByGateway(field.name())).toList();
    }

    /// No more changes: the head is on its way.
    void freeze() {
        sent = true;
    }

    @Override
    public @Nullable String get(String name) {
        List<String> values = all(name);
        return values.isEmpty() ? null : String.join(", ", values);
    }

    @Override
    public List<String> all(String name) {
        confinement.check();
        return fields.stream().filter(field -> field.name().equalsIgnoreCase(name)).map(Field::value).toList();
    }

    @Override
    public boolean contains(String name) {
        return !all(name).isEmpty();
    }

    @Override
    public void set(String name, String value) {
        Field field = checked(name, value);
        fields.removeIf(present -> present.name().equalsIgnoreCase(name));
        fields.add(field);
    }

    @Override
    public void add(String name, String value) {
        fields.add(checked(name, value));
    }

    @Override
    public void remove(String name) {
        change(name);
        fields.removeIf(present -> present.name().equalsIgnoreCase(name));
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super String> visitor) {
        confinement.check();
        for (Field field : List.copyOf(fields)) {
            visitor.accept(field.name(), field.value());
        }
    }

    private Field checked(String name, String value) {
        change(name);
        if (!FieldSyntax.isName(name) || !FieldSyntax.isValue(value)) {
            throw new FaultException(Fault.EMIT_CTL);
        }
        return new Field(name, value);
    }

    private void change(String name) {
        confinement.check();
        if (sent) {
            throw new IllegalStateException("the head was sent already: '" + name + "' can't be changed any more");
        }
        if (ownedByGateway(name)) {
            throw new FaultException(Fault.POLICY_FAILED);
        }
    }
}
