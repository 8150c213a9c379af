package io.tidegate.api;

import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The header fields of a message: a thin view over whatever carries them.
///
/// Looking at one field costs one look-up, changing none costs nothing. Names are compared without regard to case.
/// Hop-by-hop fields and framing (`Connection`, `Transfer-Encoding`, `Content-Length` …) are the gateway's own: they
/// can be read, and setting, adding or removing one throws [FaultException] with [Fault#POLICY_FAILED].
public interface Headers {

    /// All values of the field in their order, joined by `, ` (RFC 9110 §5.3), or null.
    @Nullable
    String get(String name);

    /// Every value of the field in its order; empty where there is none.
    List<String> all(String name);

    /// Whether the field is present.
    boolean contains(String name);

    /// Replaces every value of the field.
    ///
    /// @throws FaultException
    ///             with [Fault#EMIT_CTL] where the name or the value is not one
    void set(String name, String value);

    /// Adds a value beside those that are there.
    ///
    /// @throws FaultException
    ///             with [Fault#EMIT_CTL] where the name or the value is not one
    void add(String name, String value);

    /// Removes every value of the field.
    void remove(String name);

    /// Shows every field in its order.
    void forEach(BiConsumer<? super String, ? super String> visitor);
}
