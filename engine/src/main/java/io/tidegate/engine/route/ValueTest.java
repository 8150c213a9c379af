package io.tidegate.engine.route;

import io.tidegate.config.GrpcMatchConfig;
import io.tidegate.config.ValueMatch;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.safere.Pattern;

/// What one header field, cookie or query parameter must be like, compiled.
///
/// @param place
///            where it stands
/// @param name
///            its name; a header's in lower case
/// @param wanted
///            as declared
/// @param regex
///            the compiled expression, where it is one
record ValueTest(Place place, String name, ValueMatch wanted, @Nullable Pattern regex) {

    /// Where a value stands.
    enum Place {
        HEADER("header "), COOKIE("cookie "), QUERY("query parameter ");

        private final String word;

        Place(String word) {
            this.word = word;
        }
    }

    /// What it tests, in words.
    String what() {
        return place.word + name;
    }

    /// Whether it asks for a call of gRPC: heads tell that without a look at the text.
    @SuppressWarnings("ReferenceEquality") // the constant itself, not what a user wrote alike
    boolean asksForGrpc() {
        return wanted == GrpcMatchConfig.CONTENT_TYPE;
    }

    /// Whether this value passes; null stands for a field that is not there.
    boolean test(@Nullable String value) {
        if (wanted.present() != null) {
            return wanted.present() == (value != null);
        }
        return value != null && (regex != null ? regex.matcher(value).matches() : value.equals(wanted.exact()));
    }

    /// Whether these values pass: each of them, so that a second one can't change what a first one means.
    boolean testAll(List<String> values) {
        if (values.isEmpty()) {
            return test(null);
        }
        for (int i = 0; i < values.size(); i++) {
            if (!test(values.get(i))) {
                return false;
            }
        }
        return true;
    }
}
