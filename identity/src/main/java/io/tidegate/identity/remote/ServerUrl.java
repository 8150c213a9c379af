package io.tidegate.identity.remote;

import io.tidegate.api.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/// Addresses of servers that are asked.
public final class ServerUrl {

    private ServerUrl() {
    }

    /// The address that a component of a configuration holds.
    ///
    /// @throws ConfigException
    ///             where it is none: `http` or `https` with a host, without a user and a fragment
    public static URI of(String component, String text) {
        URI url = read(text);
        if (url == null) {
            throw new ConfigException(component,
                    "must be an address such as https://id.example.com/check, without user and fragment (was '" + text
                            + "')");
        }
        return url;
    }

    /// The address that a server tells of; null where it is none, or leaves TLS.
    ///
    /// @param from
    ///            the address at which it was told
    public static @Nullable URI told(@Nullable Object text, URI from) {
        URI url = text instanceof String address ? read(address) : null;
        return url == null || (isSecure(from) && !isSecure(url)) ? null : url;
    }

    private static boolean isSecure(URI url) {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    /// The address that a text holds; null where it holds none: `http` or `https` with a host, without a user and a
    /// fragment.
    public static @Nullable URI read(String text) {
        try {
            URI url = new URI(text);
            boolean http = isSecure(url) || "http".equalsIgnoreCase(url.getScheme());
            return http && url.getHost() != null && url.getRawUserInfo() == null && url.getRawFragment() == null
                    && url.getPort() <= 65535 && url.getPort() != 0 ? url : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
