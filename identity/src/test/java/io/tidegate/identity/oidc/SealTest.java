package io.tidegate.identity.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.identity.oidc.Session.Tokens;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is encrypted, and how sessions and logins are written before.
class SealTest {

    private static final byte[] TEXT = "text".getBytes(StandardCharsets.UTF_8);

    private final Seal seal = new Seal(List.of("a".repeat(32)));

    @Test
    void whatIsSealedIsOpenedForTheSamePurposeOnly() {
        byte[] sealed = seal.seal(TEXT, "a");

        assertThat(sealed).hasSize(TEXT.length + Seal.OVERHEAD);
        assertThat(seal.open(sealed, "a")).isEqualTo(TEXT);
        assertThat(seal.open(sealed, "b")).isNull();
        assertThat(seal.open(sealed, "")).isNull();
        assertThat(seal.seal(TEXT, "a")).isNotEqualTo(sealed);
        assertThat(seal.openText(seal.sealText(TEXT, "a"), "a")).isEqualTo(TEXT);
    }

    @Test
    void noBitOfAMessageCanBeChangedAndNoneLeftOut() {
        byte[] sealed = seal.seal(TEXT, "a");
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] changed = sealed.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(seal.open(changed, "a")).as("bit %s", bit).isNull();
        }
        for (int length = 0; length < sealed.length; length++) {
            assertThat(seal.open(Arrays.copyOf(sealed, length), "a")).isNull();
        }
        assertThat(seal.open(Arrays.copyOf(sealed, sealed.length + 1), "a")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "=", "a", "AAAA", "\u00e4", "a b", "AQAAAA==", "%41"})
    void whatIsNoBase64OfAMessageIsNotOpened(String text) {
        assertThat(seal.openText(text, "a")).isNull();
    }

    @Test
    void theFirstSecretEncryptsAndAllDecrypt() {
        Seal both = new Seal(List.of("b".repeat(32), "a".repeat(32)));

        assertThat(both.open(seal.seal(TEXT, "a"), "a")).isEqualTo(TEXT);
        assertThat(seal.open(both.seal(TEXT, "a"), "a")).isNull();
        assertThat(new Seal(List.of("b".repeat(32))).open(both.seal(TEXT, "a"), "a")).isEqualTo(TEXT);
    }

    @Test
    void partsOfADigestCannotBeShifted() {
        assertThat(Seal.digest("ab", "c")).isNotEqualTo(Seal.digest("a", "bc"));
        // RFC 7636 appendix B.
        assertThat(Seal.digest("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
                .isEqualTo("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "opaque", "eyJhIjoxfQ.eyJiIjoyfQ.c2ln", "a.b.c", "e30=.e30.e30", "..", "e31.e30.",
        "a.b", "\u00e4.\u00e4.\u00e4", "ab.ab.ab"})
    void tokensAreReadAsTheyWereWritten(String token) {
        Session session = new Session("i", "s", "sid", 1, Long.MAX_VALUE,
                new Tokens(token, token, -1, token, "a b", "{}"));

        assertThat(Session.read(session.bytes())).isEqualTo(session);
        assertThat(session.toString() + session.tokens()).doesNotContain("sid", "{}");
    }

    @Test
    void whatIsCutShortIsNotRead() {
        byte[] session = new Session("i", "s", "sid", 1, 2, new Tokens("a.b.c", "x", 3, "y", "z", "")).bytes();
        byte[] login = new Login("a", "b", "c", "/", "https://x/", 1).bytes();
        for (int length = 0; length < session.length; length++) {
            assertThat(Session.read(Arrays.copyOf(session, length))).isNull();
        }
        for (int length = 0; length < login.length; length++) {
            assertThat(Login.read(Arrays.copyOf(login, length))).isNull();
        }
        session[0]++;
        assertThat(Session.read(session)).isNull();
        assertThatThrownBy(() -> new Parts.Reader(new byte[]{1, -1, -1, -1, -1}, (byte) 1).text())
                .isInstanceOf(IllegalArgumentException.class);
    }
}
