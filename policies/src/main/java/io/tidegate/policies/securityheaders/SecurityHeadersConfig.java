package io.tidegate.policies.securityheaders;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Named;
import io.tidegate.policies.FieldRules;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Configuration of `securityHeaders`.
@Doc("Adds the response fields that tell browsers to be careful, and removes those that tell of the service. A field that the service sent itself stays as it is, but for `Strict-Transport-Security` and `X-Content-Type-Options`.")
public record SecurityHeadersConfig(
        @Doc("`Strict-Transport-Security`: browsers come by https alone. Only in responses over https (RFC 6797 section 7.2); what the service says of it is replaced, or removed. `false`: left to the service.") @Default("{}") StrictTransportSecurityConfig strictTransportSecurity,

        @Doc("`X-Content-Type-Options`: browsers take the `Content-Type` as it is said. Replaces what the service says.") @Default("nosniff") ContentTypeOptions contentTypeOptions,

        @Doc("`Referrer-Policy`: how much of a page's address goes along with the requests that it makes.") @Default("strict-origin-when-cross-origin") ReferrerPolicy referrerPolicy,

        @Doc("`X-Frame-Options`: who may show a page in a frame. `frame-ancestors` in a `Content-Security-Policy` goes before it.") @Default("DENY") FrameOptions frameOptions,

        @Doc("`Cross-Origin-Opener-Policy`: which windows that a page opens, or that opened it, it still has to do with.") @Default("same-origin") OpenerPolicy crossOriginOpenerPolicy,

        @Doc("`Cross-Origin-Resource-Policy`: whose pages may load this.") @Default("false") ResourcePolicy crossOriginResourcePolicy,

        @Doc("`Cross-Origin-Embedder-Policy`: what a page may load from elsewhere.") @Default("false") EmbedderPolicy crossOriginEmbedderPolicy,

        @Doc("`Content-Security-Policy`, as it is written here. Left out: none.") @Nullable String contentSecurityPolicy,

        @Doc("`Content-Security-Policy-Report-Only`, as it is written here: what is against it is reported and not blocked. Left out: none.") @Nullable String contentSecurityPolicyReportOnly,

        @Doc("`Permissions-Policy`: features and who may use them, such as `camera=(), geolocation=(self)`. Left out: none.") @Nullable String permissionsPolicy,

        @Doc("Whether these fields replace what the service itself sent.") @Default("false") boolean override,

        @Doc("Fields of responses that are removed before those above are added. The default are those that tell of the service; `[]` removes none.") @Default("[Server, X-Powered-By, X-AspNet-Version, X-AspNetMvc-Version]") List<String> remove) {

    /// Features with their allowlists: a dictionary of lists (RFC 8941 §3.2).
    private static final String WHO = "(?:\\*|[A-Za-z][A-Za-z0-9-]*|\"[ !#-\\[\\]-~]*\")";
    private static final String FEATURE = "[a-z][a-z0-9-]*=(?:" + WHO + "|\\( *(?:" + WHO + "(?: +" + WHO
            + ")*)? *\\))(?:; *[a-z][a-z0-9-]*=" + WHO + ")?";
    private static final String FEATURES = FEATURE + "(?: *, *" + FEATURE + ")*";

    /// Whether browsers may guess types.
    public enum ContentTypeOptions {
        @Doc("They must not.")
        NOSNIFF, @Doc("Nothing is said.")
        @Named("false")
        OFF
    }

    /// What goes along as `Referer` (W3C Referrer Policy, section 3).
    public enum ReferrerPolicy {
        @Doc("Nothing.")
        @Named("no-referrer")
        NO_REFERRER, @Doc("The whole address, but nothing from https to http.")
        @Named("no-referrer-when-downgrade")
        NO_REFERRER_WHEN_DOWNGRADE, @Doc("The whole address to the same origin, nothing to others.")
        @Named("same-origin")
        SAME_ORIGIN, @Doc("The origin alone.")
        @Named("origin")
        ORIGIN, @Doc("The origin alone, but nothing from https to http.")
        @Named("strict-origin")
        STRICT_ORIGIN, @Doc("The whole address to the same origin, the origin alone to others.")
        @Named("origin-when-cross-origin")
        ORIGIN_WHEN_CROSS_ORIGIN, @Doc("The whole address to the same origin, the origin alone to others, but nothing from https to http.")
        @Named("strict-origin-when-cross-origin")
        STRICT_ORIGIN_WHEN_CROSS_ORIGIN, @Doc("The whole address to everybody.")
        @Named("unsafe-url")
        UNSAFE_URL, @Doc("Nothing is said.")
        @Named("false")
        OFF
    }

    /// Who may show a page in a frame (RFC 7034).
    public enum FrameOptions {
        @Doc("Nobody.")
        @Named("DENY")
        DENY, @Doc("Pages of the same origin.")
        @Named("SAMEORIGIN")
        SAMEORIGIN, @Doc("Nothing is said.")
        @Named("false")
        OFF
    }

    /// Which other windows share a page's group (HTML standard, cross-origin opener policies).
    public enum OpenerPolicy {
        @Doc("Those of the same origin that say the same.")
        @Named("same-origin")
        SAME_ORIGIN, @Doc("Those too that the page opens and that say nothing: for signing in by a popup.")
        @Named("same-origin-allow-popups")
        SAME_ORIGIN_ALLOW_POPUPS, @Doc("None that opened it, of the same origin neither; those too that it opens.")
        @Named("noopener-allow-popups")
        NOOPENER_ALLOW_POPUPS, @Doc("All, as browsers do where nothing is said.")
        @Named("unsafe-none")
        UNSAFE_NONE, @Doc("Nothing is said.")
        @Named("false")
        OFF
    }

    /// Whose pages may load this (Fetch standard, `Cross-Origin-Resource-Policy`).
    public enum ResourcePolicy {
        @Doc("Pages of the same origin.")
        @Named("same-origin")
        SAME_ORIGIN, @Doc("Pages of the same site.")
        @Named("same-site")
        SAME_SITE, @Doc("All.")
        @Named("cross-origin")
        CROSS_ORIGIN, @Doc("Nothing is said.")
        @Named("false")
        OFF
    }

    /// What a page may load from elsewhere (HTML standard, embedder policies).
    public enum EmbedderPolicy {
        @Doc("What says by CORS or `Cross-Origin-Resource-Policy` that it may be loaded.")
        @Named("require-corp")
        REQUIRE_CORP, @Doc("The rest as well, without cookies.")
        @Named("credentialless")
        CREDENTIALLESS, @Doc("All, as browsers do where nothing is said.")
        @Named("unsafe-none")
        UNSAFE_NONE, @Doc("Nothing is said.")
        @Named("false")
        OFF
    }

    /// Refuses values that can't be in a field or that browsers would pass over, names that can't be removed, and what
    /// would change nothing.
    public SecurityHeadersConfig {
        check("contentSecurityPolicy", contentSecurityPolicy);
        check("contentSecurityPolicyReportOnly", contentSecurityPolicyReportOnly);
        check("permissionsPolicy", permissionsPolicy);
        if (permissionsPolicy != null && !permissionsPolicy.matches(FEATURES)) {
            throw new IllegalArgumentException("'permissionsPolicy' must be features with lists of who may use them,"
                    + " such as camera=(), geolocation=(self \"https://maps.example.com\"), or browsers pass over all of"
                    + " it (was '" + permissionsPolicy + "')");
        }
        remove.forEach(FieldRules::checkName);
        FieldRules.checkDistinct(remove);
        boolean texts = contentSecurityPolicy != null || contentSecurityPolicyReportOnly != null
                || permissionsPolicy != null;
        boolean words = Stream.of(contentTypeOptions, referrerPolicy, frameOptions, crossOriginOpenerPolicy,
                crossOriginResourcePolicy, crossOriginEmbedderPolicy).anyMatch(word -> !word.name().equals("OFF"));
        if (!texts && !words && !strictTransportSecurity.enabled() && remove.isEmpty()) {
            throw new IllegalArgumentException(
                    "must change something: every field is switched off and 'remove' is empty");
        }
    }

    private static void check(String key, @Nullable String value) {
        if (value == null) {
            return;
        }
        if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0) {
            throw new IllegalArgumentException("'" + key + "' must be one line: begin a text of several lines with"
                    + " '>-', which joins them");
        }
        if (value.isBlank() || !value.equals(value.strip())) {
            throw new IllegalArgumentException(
                    "'" + key + "' must not be empty, nor begin or end with white space (was '"
                            + value + "'); leave the key out for none");
        }
        if (!value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw new IllegalArgumentException("'" + key + "' must not hold control characters or other than ASCII");
        }
    }
}
