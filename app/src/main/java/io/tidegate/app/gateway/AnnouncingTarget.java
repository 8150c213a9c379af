package io.tidegate.app.gateway;

import io.tidegate.config.ConfigTarget;
import io.tidegate.config.Loaded;
import io.tidegate.config.TelemetryConfig.Log.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Tells the view which configuration runs, and puts its log level in place together with the rest of it. A level that
/// was set by hand since stays until the file says another one than it did. What runs is not put in place again.
final class AnnouncingTarget implements ConfigTarget {

    private static final String UPGRADE_SOCKET = "gateway.upgradeSocket";

    private final ConfigTarget target;
    private final EngineView view;
    private final @Nullable String upgradeSocket;
    private @Nullable Level declared;
    private Loaded.@Nullable Accepted applied;
    private @Nullable Result outcome;

    AnnouncingTarget(ConfigTarget target, EngineView view, @Nullable String upgradeSocket) {
        this.target = target;
        this.view = view;
        this.upgradeSocket = upgradeSocket;
    }

    @Override
    public synchronized Result apply(Loaded.Accepted loaded) {
        if (outcome != null && applied != null && applied.hash().equals(loaded.hash())) {
            return outcome;
        }
        Result result = withWaiting(target.apply(loaded), loaded);
        Level wanted = loaded.config().telemetry().log().level();
        if (result instanceof Result.Applied) {
            applied = loaded;
            outcome = result;
            view.running(loaded);
            if (wanted != declared) {
                declared = wanted;
                view.logLevel(wanted);
            }
        }
        return result;
    }

    private Result withWaiting(Result result, Loaded.Accepted loaded) {
        if (!(result instanceof Result.Applied(long revision, List<String> waits))
                || Objects.equals(loaded.config().gateway().upgradeSocket(), upgradeSocket)
                || waits.contains(UPGRADE_SOCKET)) {
            return result;
        }
        List<String> all = new ArrayList<>(waits);
        all.add(UPGRADE_SOCKET);
        return new Result.Applied(revision, List.copyOf(all));
    }
}
