package io.tidegate.tests;

import io.tidegate.config.ProcessConfig.Transport;
import io.tidegate.testkit.TestGateway.Setup;
import java.util.stream.Stream;

/// The ways in which gateways are run in tests.
public final class Setups {

    private Setups() {
    }

    /// Every transport, on one event loop and on several.
    public static Stream<Setup> all() {
        return Stream.of(Transport.IO_URING, Transport.EPOLL, Transport.NIO)
                .flatMap(transport -> Stream.of(new Setup(transport, 1), new Setup(transport, 3)));
    }

    /// Every transport, on one event loop.
    public static Stream<Setup> single() {
        return all().filter(setup -> setup.workers() == 1);
    }

    /// Every transport that has Unix sockets.
    public static Stream<Setup> unix() {
        return all().filter(setup -> setup.transport() != Transport.NIO);
    }
}
