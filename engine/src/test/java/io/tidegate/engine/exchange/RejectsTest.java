package io.tidegate.engine.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.api.Fault;
import io.tidegate.api.Fault.Party;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RejectsTest {

    /// The first parts of the codes of messages that are no HTTP, are ambiguous, or are on the wrong connection.
    private static final Set<String> READING = Set.of("framing", "chunk", "trailer", "parse", "target", "path",
            "method", "host", "header", "upgrade", "emit", "h2", "tls");

    private static String kind(Fault fault) {
        return fault.code().substring(0, fault.code().indexOf('.'));
    }

    @Test
    void whatTheGatewayCannotReadIsARejectAndNothingElseIs() {
        List<String> rejects = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (Fault fault : Fault.all()) {
            if (Rejects.whenRead(fault)) {
                rejects.add(fault.code());
            }
            if (READING.contains(kind(fault)) && fault.blame() == Party.CLIENT) {
                expected.add(fault.code());
            }
        }
        assertThat(rejects).hasSizeGreaterThan(50).containsExactlyElementsOf(expected);
    }

    @Test
    void whatAPolicyRefusesIsARejectOnlyWhereItMustNotBePassedOn() {
        List<String> rejects = Fault.all().stream().filter(Rejects::whenRefused).map(Fault::code).toList();

        assertThat(rejects).hasSize(8).contains("emit.ctl", "path.above_root", "path.enc_slash")
                .allMatch(code -> code.equals("emit.ctl") || code.startsWith("path."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit.exceeded", "quota.exceeded", "redirect.loop"})
    void aFaultOfAPolicysOwnIsNoReject(String code) {
        assertThat(Rejects.whenRefused(new Fault(code, 400, "A policy's own", Party.CLIENT))).isFalse();
    }
}
