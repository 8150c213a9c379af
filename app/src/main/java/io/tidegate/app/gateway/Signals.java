package io.tidegate.app.gateway;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The signals that a gateway acts on: SIGTERM and SIGINT ask it to stop, a second one ends it at once, SIGHUP reloads.
///
/// A shutdown hook would not do: the JVM then ends with 128 plus the signal's number, however well everything was
/// brought to its end, and a service manager takes that for a failure. The JDK's only way to hear of a signal is
/// `sun.misc.Signal`, which the compiler refuses to let pass without a warning; hence the reflection.
public final class Signals {

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Map<String, Integer> STOPPING = Map.of("INT", 2, "TERM", 15);

    private final CountDownLatch stop = new CountDownLatch(1);
    private final AtomicBoolean signalled = new AtomicBoolean();

    private Signals() {
    }

    /// Takes the signals that stop a process over for this one.
    public static Signals install() {
        Signals signals = new Signals();
        STOPPING.forEach((name, number) -> handle(name, () -> signals.stop(number)));
        return signals;
    }

    private void stop(int number) {
        if (signalled.getAndSet(true)) {
            Runtime.getRuntime().halt(128 + number);
        }
        stop.countDown();
    }

    /// Stops without a signal. One that comes then is still the first.
    public void stop() {
        stop.countDown();
    }

    /// Has SIGHUP run `reload`, on a thread of its own. Warns where this process was started to ignore it.
    public void onReload(Runnable reload) {
        handle("HUP", reload);
        if (ignores(STATUS, 1)) {
            LOG.warn("SIGHUP is ignored, as this process was started so (by nohup?): the file is followed all the same,"
                    + " but to load it at once use POST /reload of the admin listener, or start without nohup");
        }
    }

    /// Whether a process ignores a signal. Java leaves a signal alone that was ignored when it started.
    ///
    /// @param status
    ///            what Linux says of the process; elsewhere there is no such file, and it is taken to heed the signal
    static boolean ignores(Path status, int signal) {
        try {
            return Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:"))
                    .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> (signal - 1) & 1) == 1);
        } catch (IOException | NumberFormatException e) {
            LOG.debug("can't tell which signals are ignored: {}", e.toString());
            return false;
        }
    }

    /// Waits until the process is asked to stop.
    public void awaitStop() throws InterruptedException {
        stop.await();
    }

    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object calling = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[]{handler},
                    (proxy, method, arguments) -> call(proxy, method, arguments, action));
            signal.getMethod("handle", signal, handler).invoke(null,
                    signal.getConstructor(String.class).newInstance(name), calling);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("can't listen for SIG" + name + ": " + e.getCause(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java has no sun.misc.Signal (module jdk.unsupported)", e);
        }
    }

    private static Object call(Object proxy, Method method, Object[] arguments, Runnable action) {
        return switch (method.getName()) {
            case "equals" -> System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "SignalHandler";
            default -> {
                action.run();
                yield Void.TYPE;
            }
        };
    }
}
