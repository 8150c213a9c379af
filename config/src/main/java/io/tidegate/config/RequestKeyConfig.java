package io.tidegate.config;

import io.tidegate.api.ClaimPath;
import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What of a request tells it from others that are to go another way.
///
/// @param source
///            where it is found
/// @param name
///            its name there, a header's in lower case; empty where there is but one
/// @param claim
///            where a claim is found; null for every other source
@Doc("What of a request is its key: `header.<name>`, `cookie.<name>`, `query.<name>`, `path`, `client` for the client's address, `consumer` for who calls, or `claim.<name>` for what the caller's credentials say.")
public record RequestKeyConfig(Source source, String name, @Nullable ClaimPath claim) {

    private static final Pattern NAMED = Pattern.compile("(header|cookie|query|claim)\\.(.+)");
    private static final String EXPECTED = "must be header.<name>, cookie.<name>, query.<name>, path, client, consumer or claim.<name> (was '";

    /// Where a key is found.
    public enum Source {
        /// The first header field of a name.
        HEADER,
        /// A cookie.
        COOKIE,
        /// The first parameter of a name in the query.
        QUERY,
        /// The path, without the query.
        PATH,
        /// The client's address.
        CLIENT,
        /// Who calls: the name of the consumer.
        CONSUMER,
        /// A claim of who calls.
        CLAIM
    }

    /// Reads one.
    @Shorthand
    public static RequestKeyConfig of(String text) {
        if (text.equals("path") || text.equals("client") || text.equals("consumer")) {
            return new RequestKeyConfig(Source.valueOf(text.toUpperCase(Locale.ROOT)), "", null);
        }
        var named = NAMED.matcher(text);
        if (!named.matches()) {
            throw new IllegalArgumentException(EXPECTED + text + "')");
        }
        Source source = Source.valueOf(named.group(1).toUpperCase(Locale.ROOT));
        String name = named.group(2);
        if (source == Source.CLAIM) {
            return new RequestKeyConfig(source, name, ClaimPath.of(name));
        }
        if (source != Source.QUERY && !Tokens.isToken(name)) {
            throw new IllegalArgumentException("the name of a " + named.group(1) + " can't be '" + name + "'");
        }
        return new RequestKeyConfig(source, source == Source.HEADER ? name.toLowerCase(Locale.ROOT) : name, null);
    }

    /// Whether it is there only once a policy has found out who calls.
    public boolean isOfCaller() {
        return source == Source.CONSUMER || source == Source.CLAIM;
    }

    @Override
    public String toString() {
        String word = source.name().toLowerCase(Locale.ROOT);
        return name.isEmpty() ? word : word + '.' + name;
    }
}
