package io.tidegate.config;

import io.tidegate.api.Doc;
import io.tidegate.api.Shorthand;
import java.util.Locale;
import java.util.regex.Pattern;

/// What of a request tells it from others that are to go another way.
///
/// @param source
///            where it is found
/// @param name
///            its name there, a header's in lower case; empty where there is but one
@Doc("What of a request is its key: `header.<name>`, `cookie.<name>`, `query.<name>`, `path`, or `client` for the client's address.")
public record RequestKeyConfig(Source source, String name) {

    private static final Pattern NAMED = Pattern.compile("(header|cookie|query)\\.(.+)");
    private static final String EXPECTED = "must be header.<name>, cookie.<name>, query.<name>, path or client (was '";

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
        CLIENT
    }

    /// Reads one.
    @Shorthand
    public static RequestKeyConfig of(String text) {
        if (text.equals("path") || text.equals("client")) {
            return new RequestKeyConfig(Source.valueOf(text.toUpperCase(Locale.ROOT)), "");
        }
        if (text.equals("consumer") || text.startsWith("claim.")) {
            throw new IllegalArgumentException("nothing identifies consumers yet, so that '" + text
                    + "' would never be there: use header.<name>, cookie.<name>, query.<name>, path or client");
        }
        var named = NAMED.matcher(text);
        if (!named.matches()) {
            throw new IllegalArgumentException(EXPECTED + text + "')");
        }
        Source source = Source.valueOf(named.group(1).toUpperCase(Locale.ROOT));
        String name = named.group(2);
        if (source != Source.QUERY && !Tokens.isToken(name)) {
            throw new IllegalArgumentException("the name of a " + named.group(1) + " can't be '" + name + "'");
        }
        return new RequestKeyConfig(source, source == Source.HEADER ? name.toLowerCase(Locale.ROOT) : name);
    }

    @Override
    public String toString() {
        String word = source.name().toLowerCase(Locale.ROOT);
        return name.isEmpty() ? word : word + '.' + name;
    }
}
