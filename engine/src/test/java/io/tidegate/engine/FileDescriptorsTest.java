package io.tidegate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.config.ProcessConfig.Count;
import org.junit.jupiter.api.Test;

class FileDescriptorsTest {

    private static final Count AUTO = new Count(0);

    @Test
    void areEnoughForTwentyThousandConnectionsWhereThereAreMany() {
        assertThat(new FileDescriptors(1_048_576, 50).connections(AUTO, 2)).isEqualTo(20_000);
        assertThat(new FileDescriptors(Long.MAX_VALUE, 0).connections(AUTO, 64)).isEqualTo(20_000);
    }

    @Test
    void areHalvedAfterWhatIsOpenAndWhatIsKeptForTheRest() {
        assertThat(new FileDescriptors(256, 50).connections(AUTO, 2)).isEqualTo((256 - 50 - 64 - 8) / 2);
        assertThat(new FileDescriptors(256, 50).connections(AUTO, 4)).isEqualTo((256 - 50 - 64 - 16) / 2);
    }

    @Test
    void boundANumberThatIsAskedFor() {
        assertThat(new FileDescriptors(1_048_576, 50).connections(new Count(50_000), 2)).isEqualTo(50_000);
        assertThat(new FileDescriptors(65_536, 50).connections(new Count(50_000), 2))
                .isEqualTo((65_536 - 50 - 64 - 8) / 2);
        assertThat(new FileDescriptors(128, 50).connections(new Count(3), 2)).isEqualTo(3);
    }

    @Test
    void mustBeEnoughToStartWith() {
        assertThatThrownBy(() -> new FileDescriptors(153, 50).connections(AUTO, 2))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("at least 154 ")
                .hasMessageContaining("(was 153)");
        assertThat(new FileDescriptors(154, 50).connections(AUTO, 2)).isEqualTo(16);
        assertThatThrownBy(() -> new FileDescriptors(40, 50).connections(new Count(1), 2))
                .hasMessageContaining("at least 124 for 1 client connections (was 40)");
    }
}
