package io.tidegate.tests.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.testkit.RawClient;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A service that says a piece at a time, and says the next one only once the client has all of the one before: nothing
/// of it
/// may be held back, however it fell into the buffers on its way, and however slowly the client reads.
@ParameterizedClass(name = "{0}")
@MethodSource("io.tidegate.tests.Setups#single")
class PiecesTest extends ProxyTest {

    private static final int PIECES = 300;
    private static final int SMALL = 400;
    private static final int LARGE = 400_000;
    private static final int RECEIVE_BUFFER = 4096;

    private static int length(Random random) {
        return 1 + (random.nextInt(10) == 0 ? random.nextInt(LARGE) : random.nextInt(SMALL));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void eachReachesTheClientBeforeTheNext(long seed) throws IOException {
        Semaphore wanted = new Semaphore(0);
        upstream.script(connection -> {
            if (connection.request() == null) {
                return;
            }
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
            Random lengths = new Random(seed);
            for (int i = 0; i < PIECES && acquired(wanted); i++) {
                connection.sendZeros(length(lengths));
            }
            connection.close();
        });
        Random lengths = new Random(seed);
        Random pace = new Random(-seed);
        try (RawClient client = RawClient.connect(gateway.address(), RECEIVE_BUFFER)) {
            client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
            skipHead(client);
            for (int i = 0; i < PIECES; i++) {
                wanted.release();
                read(client, length(lengths), pace);
            }
            assertThat(client.input().read()).as("what comes behind the last piece").isEqualTo(-1);
        }
    }

    private static boolean acquired(Semaphore wanted) throws IOException {
        try {
            return wanted.tryAcquire(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void skipHead(RawClient client) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int read = client.input().read();
            assertThat(read).as("the next byte after %s", head).isNotNegative();
            head.append((char) read);
        }
    }

    /// Fails by the time-out of the client where less comes.
    private static void read(RawClient client, int length, Random pace) throws IOException {
        byte[] buffer = new byte[32 * 1024];
        int left = length;
        while (left > 0) {
            int read = client.input().read(buffer, 0, Math.min(left, buffer.length));
            assertThat(read).as("bytes of %d that are missing", left).isPositive();
            left -= read;
            if (pace.nextInt(20) == 0) {
                LockSupport.parkNanos(pace.nextInt(2_000_000));
            }
        }
    }
}
