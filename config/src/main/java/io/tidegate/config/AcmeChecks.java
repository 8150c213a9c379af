package io.tidegate.config;

import static io.tidegate.config.CheckContext.below;

import io.tidegate.api.FilePath;
import io.tidegate.config.AcmeConfig.Challenge;
import io.tidegate.config.AcmeConfig.EabConfig;
import io.tidegate.config.pem.Certificates;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks certificates that the gateway is to get by itself. Asks nobody over the network.
final class AcmeChecks {

    private static final int LONGEST_NAME = 253;

    private final CheckContext context;

    AcmeChecks(CheckContext context) {
        this.context = context;
    }

    /// Checks those of one listener.
    ///
    /// @param taken
    ///            names that have a certificate of their own there
    void run(String listener, TlsConfig tls, Set<String> taken) {
        AcmeConfig acme = tls.acme();
        if (acme == null) {
            return;
        }
        Object[] at = {"listeners", listener, "tls", "acme"};
        names(acme.names(), taken, below(at, "names"));
        if (!acme.agreeToTerms()) {
            context.error("must be true: the authority gives certificates to those alone who agree to its terms of"
                    + " service", below(at, "agreeToTerms"));
        }
        boolean usable = directory(acme.directory(), below(at, "directory"));
        if (acme.email() != null && !acme.email().matches("[^@\\s,?]+@[^@\\s,?]+")) {
            context.error("must be an address of mail, such as ops@example.com (was '" + acme.email() + "')",
                    below(at, "email"));
        }
        Duration before = acme.renewBefore();
        if (before != null && before.compareTo(Duration.ZERO) <= 0) {
            context.error("must be more than 0 (was " + Durations.format(before) + ")", below(at, "renewBefore"));
        }
        if (Files.exists(acme.store().path()) && !Files.isDirectory(acme.store().path())) {
            context.error("must be a folder (" + acme.store() + " is none)", below(at, "store"));
        }
        FilePath ca = acme.ca();
        if (ca != null) {
            context.read(() -> Certificates.read(ca.path()), ca, below(at, "ca"));
        }
        binding(acme.eab(), below(at, "eab"));
        challenge(acme.challenge(), below(at, "challenge"));
        if (acme.redis() != null && context.whole("sharedState") && context.config().sharedState().redis() == null) {
            context.error("needs the Redis that gateways share: declare it in 'sharedState.redis'", below(at, "redis"));
        }
        if (usable) {
            others(listener, acme, at);
        }
    }

    private void names(List<String> names, Set<String> taken, Object... at) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (name.startsWith("*.")) {
                context.error("a wildcard is given only to who changes records of DNS (DNS-01), which the gateway does"
                        + " not do: name each host, or put a certificate of your own in 'certificates' (was '" + name
                        + "')", below(at, i));
            } else if (!name.matches(TlsChecks.HOST) || name.matches("[0-9.]+") || name.length() > LONGEST_NAME) {
                context.error("must be a host name in lower case, such as api.example.com (was '" + name + "')",
                        below(at, i));
            } else if (taken.contains(name)) {
                context.error("'" + name + "' has a certificate in 'certificates' already", below(at, i));
            } else if (!seen.add(name)) {
                context.error("'" + name + "' stands here twice", below(at, i));
            }
        }
    }

    private boolean directory(String directory, Object... at) {
        boolean usable;
        try {
            URI uri = new URI(directory);
            usable = "https".equals(uri.getScheme()) && uri.getHost() != null && uri.getUserInfo() == null
                    && uri.getFragment() == null;
        } catch (URISyntaxException e) {
            usable = false;
        }
        if (!usable) {
            context.error("must be an address that begins with https:// (was '" + directory + "')", at);
        }
        return usable;
    }

    private void binding(@Nullable EabConfig eab, Object... at) {
        if (eab == null) {
            return;
        }
        boolean decoded;
        try {
            decoded = Base64.getUrlDecoder().decode(eab.hmac()).length > 0;
        } catch (IllegalArgumentException e) {
            decoded = false;
        }
        if (!decoded) {
            context.error("must be a key in Base64 for URLs, as the authority gives it (its value is hidden)",
                    below(at, "hmac"));
        }
    }

    private void challenge(Challenge challenge, Object... at) {
        boolean plain = context.config().listeners().values().stream().anyMatch(other -> other.tls() == null);
        if (challenge == Challenge.HTTP_01 && !plain) {
            context.error("needs a listener without 'tls' that port 80 of the names leads to: add one"
                    + " ('redirectToHttps: true' is enough), or write tls-alpn-01", at);
        }
    }

    /// What two listeners say of one account must be the same, or it would depend on who comes first.
    private void others(String listener, AcmeConfig acme, Object... at) {
        for (Map.Entry<String, ListenerConfig> entry : context.config().listeners().entrySet()) {
            if (entry.getKey().equals(listener)) {
                return;
            }
            TlsConfig tls = entry.getValue().tls();
            AcmeConfig other = tls == null ? null : tls.acme();
            if (other != null && share(acme, other) && !other.withNames(acme.names()).equals(acme)) {
                context.error("must be as on listener '" + entry.getKey() + "' but for 'names', as both share an"
                        + " account and certificates: write the same, or name another "
                        + (acme.redis() != null && other.redis() != null ? "'directory'" : "'store'"), at);
                return;
            }
        }
    }

    /// Whether they have one account. A Redis knows accounts by their authority.
    private static boolean share(AcmeConfig one, AcmeConfig other) {
        return one.directory().equals(other.directory())
                && (one.store().equals(other.store()) || (one.redis() != null && other.redis() != null));
    }
}
