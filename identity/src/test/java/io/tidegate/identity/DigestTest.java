package io.tidegate.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What stands for secrets.
class DigestTest {

    private static Digest digest(String... texts) {
        Digest.Builder builder = new Digest.Builder();
        for (String text : texts) {
            builder.add(text);
        }
        return builder.build();
    }

    @Test
    void textsThatFollowEachOtherDoNotRunIntoEachOther() {
        assertThat(digest("alice", "x")).isEqualTo(digest("alice", "x")).hasSameHashCodeAs(digest("alice", "x"))
                .isNotEqualTo(digest("alicex")).isNotEqualTo(digest("alice", "", "x"))
                .isNotEqualTo(digest("alice", "y")).isNotEqualTo(digest("alic", "ex"));
        assertThat(new Digest.Builder().add((String) null).build()).isNotEqualTo(digest(""));
        assertThat(digest("a")).isEqualTo(Digest.of("a"));
    }

    @Test
    void aTokenIsFoundWhereverItStands() {
        assertThat(Digest.ofToken("Bearer abc", 7)).isEqualTo(Digest.ofToken("abc", 0))
                .isNotEqualTo(Digest.ofToken("abd", 0)).isNotEqualTo(Digest.ofToken("Bearer abc", 6));
        assertThat(Digest.ofToken("", 0)).isEqualTo(Digest.ofToken("abc", 3));
    }

    @Test
    void whatIsNoTokenHasNone() {
        assertThat(Digest.ofToken("a\u00e4", 0)).isNull();
        assertThat(Digest.ofToken("a\u0161", 0)).isNull();
        assertThat(Digest.ofToken("a\ud83d\ude00", 0)).isNull();
        assertThat(Digest.ofToken("abc", 0)).isEqualTo(Digest.ofToken("Bearer abc", 7));
        assertThat(Digest.ofToken("x".repeat(16_384), 0)).isNotNull();
        assertThat(Digest.ofToken("x".repeat(16_385), 0)).isNull();
        assertThat(Digest.ofToken("x".repeat(16_385), 1)).isNotNull();
    }

    @Test
    void itTellsNothing() {
        assertThat(Digest.of("alice")).hasToString("Digest");
    }
}
