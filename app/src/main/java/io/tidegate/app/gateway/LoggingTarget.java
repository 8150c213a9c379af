package io.tidegate.app.gateway;

import io.tidegate.config.ConfigTarget;
import io.tidegate.config.Loaded;
import io.tidegate.config.Place;
import io.tidegate.config.Problem;
import io.tidegate.config.TelemetryConfig.Log.Level;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Puts a configuration's log level in place together with the rest of it. A level that was set by hand since stays
/// until the file says another one than it did.
final class LoggingTarget implements ConfigTarget {

    private final ConfigTarget target;
    private final EngineView view;
    private @Nullable Level declared;

    LoggingTarget(ConfigTarget target, EngineView view) {
        this.target = target;
        this.view = view;
    }

    @Override
    public synchronized Result apply(Loaded.Accepted loaded) {
        Result result = tryToApply(loaded);
        Level wanted = loaded.config().telemetry().log().level();
        if (result instanceof Result.Applied && wanted != declared) {
            declared = wanted;
            view.logLevel(wanted);
        }
        return result;
    }

    // Netty throws what went wrong with a socket as it is, an IOException where no signature says so.
    private Result tryToApply(Loaded.Accepted loaded) {
        try {
            return target.apply(loaded);
        } catch (Exception e) {
            return new Result.Refused(List.of(new Problem(Problem.Severity.ERROR, Place.NOWHERE, "",
                    "can't be put in place: " + e.getMessage())));
        }
    }
}
