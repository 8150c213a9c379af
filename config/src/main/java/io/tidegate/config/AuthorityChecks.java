package io.tidegate.config;

import static io.tidegate.config.CheckContext.below;

import io.tidegate.api.FilePath;
import io.tidegate.config.pem.Certificates;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Checks authorities and their lists of withdrawn certificates, as clients are judged by them, or services.
final class AuthorityChecks {

    private final CheckContext context;
    private final Instant now = Instant.now();

    AuthorityChecks(CheckContext context) {
        this.context = context;
    }

    /// Checks the files that are given.
    ///
    /// @param who
    ///            whose certificates come from these authorities: `clients`
    /// @param at
    ///            where `ca` and `crl` stand
    void check(@Nullable FilePath ca, @Nullable FilePath crl, String who, Object... at) {
        List<X509Certificate> authorities = ca == null
                ? null
                : context.read(() -> Certificates.read(ca.path()), ca, below(at, "ca"));
        List<X509CRL> lists = crl == null
                ? null
                : context.read(() -> Certificates.readLists(crl.path()), crl, below(at, "crl"));
        if (lists == null || authorities == null) {
            return;
        }
        Set<Object> issuers = authorities.stream().map(X509Certificate::getSubjectX500Principal)
                .collect(Collectors.toSet());
        for (X509CRL list : lists) {
            if (!issuers.contains(list.getIssuerX500Principal())) {
                context.error("has a list of '" + list.getIssuerX500Principal() + "', which is none of the authorities"
                        + " in 'ca'", below(at, "crl"));
            } else if (list.getNextUpdate() != null && list.getNextUpdate().toInstant().isBefore(now)) {
                context.warning("the list of '" + list.getIssuerX500Principal() + "' is out of date since "
                        + list.getNextUpdate().toInstant() + ": its " + who + " are refused", below(at, "crl"));
            }
        }
        authorities.stream().map(X509Certificate::getSubjectX500Principal).filter(
                authority -> lists.stream().noneMatch(list -> list.getIssuerX500Principal().equals(authority)))
                .forEach(authority -> context.warning("has no list of '" + authority + "': its " + who
                        + " are refused", below(at, "crl")));
    }
}
