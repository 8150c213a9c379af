package io.tidegate.app.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

class LogFormatTest {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    private String written() {
        return written.toString(StandardCharsets.UTF_8);
    }

    private GatewayLogger logger(LogFormat format, String name) {
        return new LogFactory(new LogSink(written, format)).getLogger(name);
    }

    @Test
    void writesPairsForPeopleAndQuotesWhatCouldBeMistaken() {
        logger(LogFormat.TEXT, "io.tidegate.x.Reconciler").atInfo().addKeyValue("revision", 3)
                .addKeyValue("file", "a b.yaml").addKeyValue("empty", "").log("applied {} of {}", 1, 2);

        assertThat(written()).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  Reconciler  applied 1 of 2 revision=3"
                + " file=\"a b.yaml\" empty=\"\"\n");
    }

    @Test
    void writesPairsForMachines() {
        StringBuilder line = new StringBuilder();
        LogFormat.JSON.write(new LogEvent(Instant.parse("2026-01-02T03:04:05Z"), Level.WARN, "io.tidegate.A",
                "said \"so\"\n", List.of(new KeyValuePair("n", 3), new KeyValuePair("level", "x")), null), line);

        assertThat(line)
                .hasToString("{\"time\":\"2026-01-02T03:04:05Z\",\"level\":\"warn\",\"logger\":\"io.tidegate.A\","
                        + "\"message\":\"said \\\"so\\\"\\n\",\"n\":3,\"level_\":\"x\"}\n");
    }

    @Test
    void keepsALineOneLineWhateverStandsInIt() {
        logger(LogFormat.JSON, "io.tidegate.A").warn("a\u001b[2Jb\r\nc\ud800d");

        assertThat(written()).containsOnlyOnce("\n").contains("a\\u001b[2Jb\\u000d\\nc\\ud800d");
    }

    @Test
    void showsNoControlCharacterToPeople() {
        logger(LogFormat.TEXT, "io.tidegate.A").warn("a\u001b[2Jb\nforged");

        assertThat(written()).contains("a\\u001b[2Jb\n    forged").doesNotContain("\u001b");
    }

    @Test
    void tellsWhyWithATrace() {
        logger(LogFormat.JSON, "io.tidegate.A").atError().setCause(new IllegalStateException("broken")).log("failed");

        assertThat(written()).contains("\"error\":\"java.lang.IllegalStateException: broken\"").contains("\"trace\":");
    }

    @Test
    void takesTheExceptionThatStandsLast() {
        logger(LogFormat.TEXT, "io.tidegate.A").error("failed {}", "x", new IllegalStateException("broken"));

        assertThat(written()).contains("failed x\njava.lang.IllegalStateException: broken");
    }

    @Test
    void followsTheLevelWhileItRuns() {
        LogSink sink = new LogSink(written, LogFormat.TEXT);
        GatewayLogger logger = new LogFactory(sink).getLogger("io.tidegate.A");

        logger.debug("one");
        sink.level(Level.DEBUG);
        logger.debug("two");
        sink.level(Level.ERROR);
        logger.warn("three");
        logger.error("four");

        assertThat(written()).doesNotContain("one").contains("two").doesNotContain("three").contains("four");
    }

    @Test
    void keepsTheDetailsOfLibrariesToThemselves() {
        LogSink sink = new LogSink(written, LogFormat.TEXT);
        sink.level(Level.DEBUG);
        GatewayLogger library = new LogFactory(sink).getLogger("io.netty.X");

        assertThat(library.isDebugEnabled()).isFalse();
        assertThat(library.isInfoEnabled()).isTrue();
        sink.level(Level.ERROR);
        assertThat(library.isWarnEnabled()).isFalse();
    }

    @Test
    void isWhatSlf4jUses() {
        assertThat(LogSink.ofProcess().level()).isEqualTo(Level.INFO);
        assertThat(System.getLogger("x").getClass().getName()).startsWith("io.tidegate.app.log.PlatformLoggers");
    }
}
