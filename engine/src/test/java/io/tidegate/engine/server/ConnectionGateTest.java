package io.tidegate.engine.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionGateTest {

    private static @Nullable InetAddress counted(String literal) throws UnknownHostException {
        return ConnectionGate.counted(new InetSocketAddress(InetAddress.getByName(literal), 1));
    }

    @Test
    void countsAllAddressesOfAnIpv6NetworkAsOne() throws UnknownHostException {
        ConnectionGate gate = new ConnectionGate(10);
        assertThat(gate.enter(counted("2001:db8:1:2::1"), 2)).isNull();
        assertThat(gate.enter(counted("2001:db8:1:2:ffff:ffff:ffff:ffff"), 2)).isNull();
        assertThat(gate.enter(counted("2001:db8:1:2:1234::5"), 2))
                .isEqualTo(ConnectionGate.Refusal.TOO_MANY_OF_ADDRESS);
        assertThat(gate.enter(counted("2001:db8:1:3::1"), 2)).isNull();
        gate.leave(counted("2001:db8:1:2::9"));
        assertThat(gate.enter(counted("2001:db8:1:2::7"), 2)).isNull();
        assertThat(gate.open()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"203.0.113.7, 203.0.113.7", "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::", "64:ff9b::1, 64:ff9b::"})
    void countsByTheAddressOrTheNetwork(String peer, String expected) throws UnknownHostException {
        assertThat(counted(peer)).isEqualTo(InetAddress.getByName(expected));
    }

    @Test
    void countsAMappedAddressByTheIpv4Address() throws UnknownHostException {
        byte[] bytes = new byte[16];
        bytes[10] = (byte) 0xFF;
        bytes[11] = (byte) 0xFF;
        bytes[12] = (byte) 203;
        bytes[14] = 113;
        bytes[15] = 7;
        InetAddress mapped = Inet6Address.getByAddress(null, bytes, -1);
        assertThat(mapped.getAddress()).hasSize(16);
        assertThat(ConnectionGate.counted(new InetSocketAddress(mapped, 1)))
                .isEqualTo(InetAddress.getByName("203.0.113.7"));
        bytes[12] = 10;
        assertThat(ConnectionGate.counted(new InetSocketAddress(Inet6Address.getByAddress(null, bytes, -1), 1)))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "10.1.2.3", "192.168.0.1", "fe80::1", "fd00::1", "169.254.1.1"})
    void countsNobodyWhoMayStandForMany(String peer) throws UnknownHostException {
        assertThat(counted(peer)).isNull();
    }
}
