package io.tidegate.control;

import io.tidegate.config.AdminConfig;
import io.tidegate.config.ConfigTarget;
import io.tidegate.config.Loaded;
import io.tidegate.control.admin.AdminServer;
import io.tidegate.control.admin.Gate;
import io.tidegate.control.admin.TokenFile;
import io.tidegate.control.source.FileSource;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a gateway in step with its configuration and serves those who run it.
///
/// ```
///  FileSource ──▶            ┌▶ loader ─▶ ConfigTarget.apply
///  SIGHUP     ──▶ Reconciler ┤
///  POST /reload ─▶           └▶ Status ─▶ /ready, /status, metrics, log
/// ```
///
/// The life of one: make it, [#start] it with the first configuration, [#reload] it on SIGHUP, [#close] it last, when
/// the gateway has drained, so that probes are answered until then.
public final class ControlPlane implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);

    private final ControlOptions options;
    private final ConfigTarget target;
    private final GatewayView view;
    private final Reconciler reconciler;
    private final @Nullable FileSource source;

    private @Nullable AdminConfig admin;
    private volatile @Nullable AdminServer server;
    private volatile @Nullable AdminServer probes;
    private volatile @Nullable TokenFile tokenFile;
    private volatile @Nullable String withoutToken;

    /// A control plane; nothing is opened before [#start].
    ///
    /// @param target
    ///            what runs configurations
    /// @param view
    ///            how it is doing
    public ControlPlane(ControlOptions options, ConfigTarget target, GatewayView view) {
        this.options = options;
        this.target = target;
        this.view = view;
        reconciler = new Reconciler(options.loader(), this::apply, this::watch, InstantSource.system());
        source = source(options.root());
    }

    // What can be read only once, such as a pipe, is not read again.
    private @Nullable FileSource source(@Nullable Path root) {
        return root == null || (Files.exists(root) && !Files.isRegularFile(root) && !Files.isDirectory(root))
                ? null
                : new FileSource(root, reconciler::filesChanged);
    }

    /// System properties that bound the admin listener, with their values. The JDK reads them once, so whoever starts
    /// the process sets those that the user has not, before [#start].
    public static Map<String, String> systemProperties() {
        return AdminServer.systemProperties();
    }

    /// The folder for files with admin tokens: `tidegate` in `$XDG_RUNTIME_DIR`, or else `tidegate-<uid>` in `$TMPDIR`
    /// or `/tmp`.
    public static Path tokenFolder(Function<String, @Nullable String> environment) {
        String runtime = environment.apply("XDG_RUNTIME_DIR");
        if (runtime != null && runtime.startsWith("/")) {
            return Path.of(runtime, "tidegate");
        }
        String temporary = environment.apply("TMPDIR");
        return Path.of(temporary != null && temporary.startsWith("/") ? temporary : "/tmp", "tidegate-" + user());
    }

    private static String user() {
        try {
            return String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            // Not Linux: the name is as good, as the folder is checked for its owner anyway.
            return System.getProperty("user.name", "").replaceAll("[^A-Za-z0-9._-]", "_");
        }
    }

    /// The file with the admin token of the gateway whose admin listener has this port.
    public static Path tokenFile(Path folder, int port) {
        return folder.resolve("admin-" + port + ".token");
    }

    /// Opens the admin listener, puts the first configuration in place, and watches the files from then on.
    ///
    /// If the configuration is rejected, the admin listener is open all the same, for somebody to ask for another load:
    /// whoever does not want to wait for that closes this. The files are not watched then, so that a gateway which is
    /// about to end does not report what becomes of them.
    ///
    /// @throws IOException
    ///             if an admin address can't be listened on; the message says what to change. Nothing is open then.
    public ReloadResult start(Loaded.Accepted first) throws IOException {
        open(first.config().admin());
        reconciler.start();
        ReloadResult result = reconciler.apply(first, "start").join();
        if (source != null && result instanceof ReloadResult.Applied) {
            source.start();
        }
        return result;
    }

    private void open(AdminConfig config) throws BindException {
        admin = config;
        AdminServer.Bound main = AdminServer.bind(config.address(), "admin.address", true);
        AdminServer.Bound second = null;
        if (config.probes() != null) {
            try {
                second = AdminServer.bind(config.probes(), "admin.probes", false);
            } catch (BindException e) {
                main.release();
                throw e;
            }
        }
        AdminEndpoints endpoints = new AdminEndpoints(options, view, reconciler, this::degraded);
        InetSocketAddress address = main.address();
        Gate gate = new Gate(token(config, address.getPort()),
                Set.of(config.address().host()));
        server = main.serve(endpoints.all(), gate);
        LOG.info("admin: listening on {}", text(address));
        if (second != null) {
            LOG.info("admin: probes on {}", text(second.address()));
            probes = second.serve(endpoints.probes(), null);
        }
    }

    private @Nullable String token(AdminConfig config, int port) {
        if (config.token() != null) {
            return config.token();
        }
        Path file = tokenFile(options.tokenFolder(), port);
        try {
            TokenFile created = TokenFile.create(file);
            tokenFile = created;
            LOG.info("admin: the token is in {}", created.path());
            return created.token();
        } catch (IOException | UnsupportedOperationException e) {
            // Traffic does not depend on it, so the gateway starts; but nobody can have a token that nobody can read.
            withoutToken = "the admin listener serves only what needs no token, because the token could not be written to "
                    + file + ": " + e.getMessage() + "; set admin.token or XDG_RUNTIME_DIR";
            LOG.warn("admin: {}", withoutToken);
            return null;
        }
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    // The target knows what it can't change itself; what this can't change is added.
    private ConfigTarget.Result apply(Loaded.Accepted loaded) {
        ConfigTarget.Result result = target.apply(loaded);
        if (!(result instanceof ConfigTarget.Result.Applied applied)) {
            return result;
        }
        List<String> waits = new ArrayList<>(applied.waitsForRestart());
        AdminConfig before = Objects.requireNonNull(admin);
        AdminConfig now = loaded.config().admin();
        addIfDifferent(waits, "admin.address", before.address(), now.address());
        addIfDifferent(waits, "admin.token", before.token(), now.token());
        addIfDifferent(waits, "admin.probes", before.probes(), now.probes());
        return new ConfigTarget.Result.Applied(applied.revision(), List.copyOf(waits));
    }

    private static void addIfDifferent(List<String> waits, String key, @Nullable Object before, @Nullable Object now) {
        if (!Objects.equals(before, now) && !waits.contains(key)) {
            waits.add(key);
        }
    }

    private void watch(List<Path> files) {
        if (source != null) {
            source.watch(files);
        }
    }

    private List<String> degraded() {
        List<String> all = new ArrayList<>();
        if (source != null && source.missing()) {
            all.add("the configuration " + options.root() + " is gone or empty");
        }
        String token = withoutToken;
        if (token != null) {
            all.add(token);
        }
        return all;
    }

    /// Loads the configuration now, and puts it in place if it is another one. Many calls at once may share one load,
    /// which begins after the last of them. What is done with the result must not block.
    ///
    /// @param reason
    ///            who asks, for the log and the status: `SIGHUP`
    public CompletableFuture<ReloadResult> reload(String reason) {
        return reconciler.reload(reason);
    }

    /// Which configuration runs, and what came of the last one.
    public Status status() {
        return reconciler.status();
    }

    /// Where the admin listener is bound; null before the start.
    public @Nullable InetSocketAddress address() {
        AdminServer open = server;
        return open == null ? null : open.address();
    }

    /// Where the listener for probes is bound; null without one.
    public @Nullable InetSocketAddress probes() {
        AdminServer open = probes;
        return open == null ? null : open.address();
    }

    /// Stops watching and serving, and removes the file with the token. The gateway goes on running.
    @Override
    public void close() {
        if (source != null) {
            source.close();
        }
        reconciler.close();
        for (AdminServer open : new AdminServer[]{server, probes}) {
            if (open != null) {
                open.close();
            }
        }
        TokenFile file = tokenFile;
        if (file != null) {
            file.close();
        }
    }
}
