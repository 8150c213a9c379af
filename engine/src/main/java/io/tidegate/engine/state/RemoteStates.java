package io.tidegate.engine.state;

import io.tidegate.config.RedisConfig;

/// Opens stores that gateways share.
@FunctionalInterface
public interface RemoteStates {

    /// Opens one. Whether it can be reached is not waited for.
    RemoteState open(RedisConfig config);

    /// Those of a program that can't speak with any.
    static RemoteStates none() {
        return config -> {
            throw new IllegalArgumentException("this program can't speak with Redis");
        };
    }
}
