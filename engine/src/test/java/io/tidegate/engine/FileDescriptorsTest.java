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
        assertThat(new FileDescriptors(256, 50).connections(AUTO, 2)).isEqualTo((256 - 50 - 128 - 8) / 2);
        assertThat(new FileDescriptors(256, 50).connections(AUTO, 4)).isEqualTo((256 - 50 - 128 - 16) / 2);
    }

    @Test
    void boundANumberThatIsAskedFor() {
        assertThat(new FileDescriptors(1_048_576, 50).connections(new Count(50_000), 2)).isEqualTo(50_000);
        assertThat(new FileDescriptors(65_536, 50).connections(new Count(50_000), 2))
                .isEqualTo((65_536 - 50 - 320 - 8) / 2);
        assertThat(new FileDescriptors(192, 50).connections(new Count(3), 2)).isEqualTo(3);
    }

    @Test
    void leaveAsManyForServicesAsForClients() {
        FileDescriptors few = new FileDescriptors(1_000, 50);
        int clients = few.connections(AUTO, 2);
        assertThat(few.services(clients, 2)).isGreaterThanOrEqualTo(clients).isEqualTo(1_000 - 50 - 128 - 8 - clients);
        assertThat(new FileDescriptors(Long.MAX_VALUE, 0).services(20_000, 2)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void mustBeEnoughToStartWith() {
        assertThatThrownBy(() -> new FileDescriptors(217, 50).connections(AUTO, 2))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("at least 218 ")
                .hasMessageContaining("(was 217)");
        assertThat(new FileDescriptors(218, 50).connections(AUTO, 2)).isEqualTo(16);
        assertThatThrownBy(() -> new FileDescriptors(40, 50).connections(new Count(1), 2))
                .hasMessageContaining("at least 188 for 1 client connections (was 40)");
    }
}
