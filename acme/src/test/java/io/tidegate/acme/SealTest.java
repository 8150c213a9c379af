package io.tidegate.acme;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SealTest {

    private static final String ONE = "0123456789abcdef0123456789abcdef";
    private static final String TWO = "fedcba9876543210fedcba9876543210";

    private final Seal seal = new Seal(List.of(ONE));

    @Test
    void theFirstSecretSealsAndAllOpen() {
        byte[] sealed = new Seal(List.of(TWO, ONE)).seal("a text: ü", "here");
        Seal.Opened opened = Objects.requireNonNull(new Seal(List.of(ONE, TWO)).open(sealed, "here"));
        assertThat(opened.text()).isEqualTo("a text: ü");
        assertThat(opened.current()).isFalse();
        assertThat(Objects.requireNonNull(new Seal(List.of(TWO)).open(sealed, "here")).current()).isTrue();
        assertThat(seal.open(sealed, "here")).isNull();
    }

    @Test
    void noTextIsSealedTheSameWayTwice() {
        assertThat(seal.seal("text", "here")).isNotEqualTo(seal.seal("text", "here"));
    }

    @Test
    void nothingElseIsOpened() {
        byte[] sealed = seal.seal("text", "here");
        assertThat(seal.open(sealed, "there")).isNull();
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            assertThat(seal.open(changed, "here")).as("byte %d", i).isNull();
            assertThat(seal.open(java.util.Arrays.copyOf(sealed, i), "here")).as("%d bytes", i).isNull();
        }
    }
}
