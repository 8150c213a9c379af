package io.tidegate.engine.upstream;

import io.tidegate.config.RequestKeyConfig;
import io.tidegate.engine.balance.KeyHash;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Somebody who looks for an endpoint, as far as that decides which one it is. What is not asked for is not looked for.
public interface Caller {

    /// Of whom nothing is known.
    Caller NOBODY = new Caller() {
        @Override
        public long hash(RequestKeyConfig key) {
            return 0;
        }

        @Override
        public long session(StickySessions sessions) {
            return 0;
        }
    };

    /// A client whose bytes are relayed: nothing is known of it but its address.
    static Caller of(@Nullable SocketAddress client) {
        return new Caller() {
            @Override
            public long hash(RequestKeyConfig key) {
                return client instanceof InetSocketAddress inet
                        ? KeyHash.of(inet.getAddress().getHostAddress())
                        : 0;
            }

            @Override
            public long session(StickySessions sessions) {
                return 0;
            }
        };
    }

    /// The hash of what it has for a key; 0 where it has nothing.
    long hash(RequestKeyConfig key);

    /// What its cookie says of the endpoint that it is kept with ([StickySessions#tag]); 0 where it says nothing.
    long session(StickySessions sessions);
}
