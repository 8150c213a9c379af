package io.tidegate.app.gateway;

import io.tidegate.config.ConfigTarget;
import io.tidegate.config.Loaded;
import io.tidegate.config.TelemetryConfig.Log.Level;
import org.jspecify.annotations.Nullable;

/// Tells the view which configuration runs, and puts its log level in place together with the rest of it. A level that
/// was set by hand since stays until the file says another one than it did.
final class AnnouncingTarget implements ConfigTarget {

    private final ConfigTarget target;
    private final EngineView view;
    private @Nullable Level declared;

    AnnouncingTarget(ConfigTarget target, EngineView view) {
        this.target = target;
        this.view = view;
    }

    @Override
    public synchronized Result apply(Loaded.Accepted loaded) {
        Result result = target.apply(loaded);
        Level wanted = loaded.config().telemetry().log().level();
        if (result instanceof Result.Applied) {
            view.running(loaded);
            if (wanted != declared) {
                declared = wanted;
                view.logLevel(wanted);
            }
        }
        return result;
    }
}
