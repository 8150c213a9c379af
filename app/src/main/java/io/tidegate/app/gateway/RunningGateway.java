package io.tidegate.app.gateway;

import io.tidegate.config.ConfigTarget;
import io.tidegate.config.Loaded;
import io.tidegate.engine.Engine;
import io.tidegate.engine.EngineOptions;
import java.net.SocketAddress;
import java.util.Map;

/// A gateway that runs in this process.
public final class RunningGateway implements AutoCloseable {

    private final Engine engine;
    private final Loaded.Accepted loaded;

    private RunningGateway(Engine engine, Loaded.Accepted loaded) {
        this.engine = engine;
        this.loaded = loaded;
    }

    /// Starts one.
    ///
    /// @throws StartException
    ///             where it can't be put in place, such as a port that is in use
    public static RunningGateway start(Loaded.Accepted loaded) throws StartException {
        Engine engine = Engine.start(new EngineOptions(loaded.config().gateway()));
        if (engine.apply(loaded) instanceof ConfigTarget.Result.Refused refused) {
            engine.close();
            throw new StartException(refused.problems());
        }
        return new RunningGateway(engine, loaded);
    }

    /// Where it listens, by name of the listener.
    public Map<String, SocketAddress> addresses() {
        return engine.addresses();
    }

    /// Lets what runs come to its end, then ends.
    public void drain() throws InterruptedException {
        engine.drain(loaded.config().gateway().drain().toMillis());
        close();
    }

    @Override
    public void close() {
        engine.close();
    }
}
