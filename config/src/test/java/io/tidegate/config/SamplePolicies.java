package io.tidegate.config;

import io.tidegate.api.ConditionConfig;
import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Named;
import io.tidegate.api.Pattern;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import io.tidegate.api.Range;
import io.tidegate.api.Ratio;
import io.tidegate.api.Secret;
import io.tidegate.api.Shorthand;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Kinds of policies for tests: one for each thing that a kind can say about itself.
final class SamplePolicies {

    private SamplePolicies() {
    }

    /// Stands before whatever authenticates.
    @Doc("Answers preflights.")
    record CorsConfig(@Doc("Origins that may call.") @Default("[]") List<String> origins,
            @Doc("How long a browser may keep the answer.") @Default("10m") Duration maxAge) {
    }

    /// Authenticates.
    @Doc("Takes the consumer from a token.")
    record JwtConfig(@Doc("Who issues tokens.") String issuer,
            @Doc("The secret they are signed with.") @Secret @Nullable String secret,
            @Doc("How long keys are kept.") @Default("5m") Duration keep) {
    }

    /// Needs to know who calls.
    @Doc("Counts requests.")
    record QuotaConfig(@Doc("Requests per period.") @Range(min = 1, max = 1000000) int requests,
            @Doc("Length of the period.") @Default("1h") Duration per,
            @Doc("Share from which a warning is sent.") @Default("80%") Ratio warnAt) {

        QuotaConfig {
            if (per.compareTo(Duration.ofDays(31)) > 0) {
                throw new IllegalArgumentException("must not count over more than 31d (was " + per + ")");
            }
        }
    }

    /// Answers.
    @Doc("Answers at once.")
    record RespondConfig(@Doc("Status of the answer.") @Default("200") @Range(min = 200, max = 599) int status,
            @Doc("Body of the answer.") @Default("''") String body,
            @Doc("Header fields of the answer.") @Default("{}") Map<String, String> headers) {

        /// An answer without a body.
        @Shorthand
        public static RespondConfig of(int status) {
            if (status < 200) {
                throw new IllegalArgumentException("must be a final status (was " + status + ")");
            }
            return new RespondConfig(status, "", Map.of());
        }
    }

    /// Has nested records, and throws what factories throw.
    @Doc("Sets header fields.")
    record HeadersConfig(@Doc("Of the request.") @Default("{}") Change request,
            @Doc("Of the response.") @Default("{}") Change response) {

        HeadersConfig {
            if (request.set().containsKey("host")) {
                throw new ConfigException("request.set.host", "can't be set");
            }
        }

        /// What is changed.
        @Doc("What is changed.")
        record Change(@Doc("Fields to set.") @Default("{}") Map<String, String> set,
                @Doc("Fields to remove.") @Default("[]") @Pattern(value = "[a-z0-9-]+", expected = "the name of a header field in lower case") List<String> remove) {
        }
    }

    /// Has a choice that can be switched off.
    @Doc("Says who may frame a page.")
    record FramesConfig(@Doc("Who may.") @Default("DENY") Who who) {

        /// Who may frame a page.
        enum Who {
            @Doc("Nobody.")
            @Named("DENY")
            DENY, @Doc("The page's own origin.")
            @Named("SAMEORIGIN")
            SAMEORIGIN, @Doc("Nothing is said.")
            @Named("false")
            OFF
        }
    }

    /// Has conditions of its own.
    @Doc("Lets pass what conditions hold of.")
    record GuardConfig(@Doc("One.") @Nullable ConditionConfig cel,
            @Doc("Several.") @Default("[]") List<ConditionConfig> all) {
    }

    /// Authenticates, unless there is nothing to look at.
    @Doc("Takes the consumer from a cookie.")
    record CookieConfig(@Doc("Whether one without passes.") @Default("false") boolean optional) {
    }

    record Factory<C extends Record>(String type, Class<C> configType, String summary, Set<Trait> needs,
            Set<Trait> provides, Set<Trait> precedes, boolean answers) implements PolicyFactory<C> {

        @Override
        public Policy create(C config, PolicyContext context) {
            return new Policy() {
            };
        }

        @Override
        public boolean isOptional(C config) {
            return config instanceof CookieConfig cookie && cookie.optional();
        }
    }

    /// All of them, and a language of conditions that refuses what has a question mark in it.
    static Plugins plugins() {
        Set<PolicyFactory.Trait> consumer = Set.of(PolicyFactory.Trait.CONSUMER);
        return new Plugins(Map.of(
                "anyOf", new AnyOfFactory(),
                "cookie", new Factory<>("cookie", CookieConfig.class, "Takes the consumer from a cookie.", Set.of(),
                        consumer, Set.of(), false),
                "guard", new Factory<>("guard", GuardConfig.class, "Lets pass what conditions hold of.", Set.of(),
                        Set.of(), Set.of(), false),
                "cors", new Factory<>("cors", CorsConfig.class, "Answers preflights.", Set.of(), Set.of(), consumer,
                        false),
                "jwt", new Factory<>("jwt", JwtConfig.class, "Takes the consumer from a token.", Set.of(), consumer,
                        Set.of(), false),
                "frames", new Factory<>("frames", FramesConfig.class, "Says who may frame a page.", Set.of(), Set.of(),
                        Set.of(), false),
                "quota", new Factory<>("quota", QuotaConfig.class, "Counts requests.", consumer, Set.of(), Set.of(),
                        false),
                "respond", new Factory<>("respond", RespondConfig.class, "Answers at once.", Set.of(), Set.of(),
                        Set.of(), true),
                "headers", new Factory<>("headers", HeadersConfig.class, "Sets header fields.", Set.of(), Set.of(),
                        Set.of(), false)),
                source -> {
                    int mark = source.indexOf('?');
                    if (mark >= 0) {
                        throw new ConfigException("column " + (mark + 1) + ": unexpected '?'");
                    }
                    return exchange -> true;
                });
    }
}
