package io.tidegate.policies.faultinjection;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.Range;
import io.tidegate.api.Ratio;
import io.tidegate.api.Shorthand;
import io.tidegate.policies.FieldRules;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Configuration of `faultInjection`.
@Doc("Delays requests, or makes them fail, to see what comes of it. Only those that ask for it by a field, unless `everyRequest` is `true`.")
public record FaultInjectionConfig(
        @Doc("Which requests it is for.") @Default("{}") OnlyWith onlyWith,

        @Doc("Whether it is for every request, and `onlyWith` does not count.") @Default("false") boolean everyRequest,

        @Doc("How requests are delayed.") @Nullable Delay delay,

        @Doc("How requests are made to fail. One that is delayed too fails after that.") @Nullable Abort abort) {

    /// Refuses a policy that does nothing.
    public FaultInjectionConfig {
        if (delay == null && abort == null) {
            throw new IllegalArgumentException("needs 'delay' or 'abort'");
        }
    }

    /// Which requests are meant.
    @Doc("Which requests are meant: those with a field.")
    public record OnlyWith(
            @Doc("The field. The service gets it too.") @Default("X-Inject-Fault") String header,

            @Doc("Its value. Left out: any.") @Nullable String value) {

        /// Refuses a name that is none.
        public OnlyWith {
            FieldRules.checkName(header);
        }

        /// A field with any value.
        @Shorthand
        public static OnlyWith of(String header) {
            return new OnlyWith(header, null);
        }
    }

    /// How requests are delayed.
    @Doc("How requests are delayed.")
    public record Delay(
            @Doc("Share of the requests.") @Default("100%") Ratio percentage,

            @Doc("For how long; the shortest time where `max` is there too. At most 30s.") Duration time,

            @Doc("The longest time; each in between is as likely.") @Nullable Duration max) {

        private static final Duration LONGEST = Duration.ofSeconds(30);

        /// Refuses times that are too long or the wrong way round.
        public Delay {
            Duration longest = max == null ? time : max;
            if (time.isNegative() || longest.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("must be at most 30s (was " + longest.toMillis() + "ms)");
            }
            if (longest.compareTo(time) < 0) {
                throw new IllegalArgumentException("'max' must be at least 'time' (was " + longest.toMillis() + "ms)");
            }
        }
    }

    /// How requests are made to fail.
    @Doc("How requests are made to fail: by a problem answer, and a call of gRPC by a status of gRPC; or without an answer.")
    public record Abort(
            @Doc("Share of the requests.") @Default("100%") Ratio percentage,

            @Doc("Status of the answer.") @Default("503") @Range(min = 400, max = 599) int status,

            @Doc("Status for calls of gRPC. Left out: what says the same as `status`.") @Nullable GrpcStatus grpcStatus,

            @Doc("Whether nothing is answered, as by a service that crashes: the connection (HTTP/1.1) or the stream (HTTP/2, HTTP/3) is reset. `status` does not count then.") @Default("false") boolean reset) {

        /// Refuses a status that nobody would be told.
        public Abort {
            if (reset && grpcStatus != null) {
                throw new ConfigException("grpcStatus",
                        "is told nobody where nothing is answered: leave it out, or 'reset'");
            }
        }
    }
}
