package io.tidegate.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers;
import io.tidegate.api.Identity;
import io.tidegate.api.Principal;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallerTest {

    private static final Identity ANN = Identity.token("https://issuer", "ann");

    private final Principal principal = new Principal("jwt", "ann", "https://issuer", null, Set.of("staff"),
            Set.of("read"), Map.of("sub", "ann"));
    private @Nullable Consumer declared = new Consumer("acme", Set.of("partners"));
    private final Consumers consumers = new Consumers() {
        @Override
        public @Nullable Consumer identified(Identity identity) {
            return identity.equals(ANN) ? declared : null;
        }
    };

    @Test
    void groupsOfTheConsumerComeBesideThoseOfTheCredentials() {
        Principal known = new Caller(principal, ANN).among(consumers, UnknownConsumer.REFUSE);

        assertThat(known).isEqualTo(new Principal("jwt", "ann", "https://issuer", declared,
                Set.of("staff", "partners"), Set.of("read"), Map.of("sub", "ann")));
    }

    @Test
    void whichConsumerItIsIsLookedAtEachTime() {
        Caller caller = new Caller(principal, ANN);
        Principal before = caller.among(consumers, UnknownConsumer.ALLOW);
        assertThat(caller.among(consumers, UnknownConsumer.ALLOW)).isSameAs(before);

        Consumer other = new Consumer("acme", Set.of("former partners"));
        declared = other;
        assertThat(caller.among(consumers, UnknownConsumer.ALLOW)).isNotNull()
                .satisfies(now -> assertThat(now.consumer()).isEqualTo(other))
                .satisfies(now -> assertThat(now.groups()).containsExactlyInAnyOrder("staff", "former partners"));

        declared = null;
        assertThat(caller.among(consumers, UnknownConsumer.ALLOW)).isSameAs(principal);
        assertThat(caller.among(consumers, UnknownConsumer.REFUSE)).isNull();
    }

    @Test
    void whoHasNoIdentityIsNoConsumer() {
        assertThat(new Caller(principal, null).among(consumers, UnknownConsumer.ALLOW)).isSameAs(principal);
        assertThat(new Caller(principal, null).among(consumers, UnknownConsumer.REFUSE)).isNull();
        assertThat(new Caller(principal, ANN)).hasToString("Caller[ann]");
    }
}
