package io.tidegate.acme;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ChallengeTarget.Proof;
import io.tidegate.config.pem.Certificates;
import io.tidegate.config.pem.PrivateKeys;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AlpnProofTest {

    @Test
    void isForTheNameAloneAndHoldsTheDigestWhereAuthoritiesLook() throws Exception {
        Proof proof = AlpnProof.of("one.test", "token.print");

        byte[] digest = MessageDigest.getInstance("SHA-256")
                .digest("token.print".getBytes(StandardCharsets.US_ASCII));
        assertThat(Certificates.names(proof.certificate())).containsExactly("one.test");
        assertThat(proof.certificate().getCriticalExtensionOIDs()).containsExactly("1.3.6.1.5.5.7.1.31");
        // An OCTET STRING of 32 bytes within that of the extension (RFC 8737 section 3).
        assertThat(HexFormat.of().formatHex(proof.certificate().getExtensionValue("1.3.6.1.5.5.7.1.31")))
                .isEqualTo("04220420" + HexFormat.of().formatHex(digest));
        proof.certificate().verify(proof.certificate().getPublicKey());
        proof.certificate().checkValidity();
        assertThat(PrivateKeys.match(proof.key(), proof.certificate().getPublicKey())).isTrue();
    }
}
