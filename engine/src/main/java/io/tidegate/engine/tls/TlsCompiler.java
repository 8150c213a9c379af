package io.tidegate.engine.tls;

import io.tidegate.config.AcmeConfig;
import io.tidegate.config.CertificateConfig;
import io.tidegate.config.Place;
import io.tidegate.config.Problem;
import io.tidegate.config.ProtocolConfig;
import io.tidegate.config.TlsConfig;
import io.tidegate.engine.observe.Metrics;
import io.tidegate.engine.worker.Workers;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes [TlsHosts] of what listeners declare. Reads files, so not on an event loop.
public final class TlsCompiler {

    private static final Logger LOG = LoggerFactory.getLogger(TlsCompiler.class);
    private static final long LOOK_HOURS = 1;

    /// What can be spoken once TLS stands, best first.
    private static final List<ProtocolConfig> SERVED = List.of(ProtocolConfig.H2, ProtocolConfig.HTTP1);

    private final TlsContexts contexts = new TlsContexts();
    private final CertificateExpiry expiry;
    private final AlpnChallenges challenges;

    /// A compiler whose timers run on the first of these event loops.
    ///
    /// @param challenges
    ///            what is shown to authorities on every listener
    public TlsCompiler(Workers workers, Metrics metrics, AlpnChallenges challenges) {
        this.challenges = challenges;
        this.expiry = new CertificateExpiry(metrics);
        workers.all().getFirst().loop().scheduleWithFixedDelay(() -> {
            contexts.rotateKeys(System.nanoTime());
            expiry.look(System.currentTimeMillis());
        }, LOOK_HOURS, LOOK_HOURS, TimeUnit.HOURS);
    }

    /// Compiles what one listener declares. What comes of it is given back by [#release].
    ///
    /// @param problems
    ///            takes what is wrong
    /// @return null where something is
    public @Nullable TlsHosts compile(String listener, TlsConfig tls, Set<ProtocolConfig> spoken,
            List<Problem> problems) {
        List<String> protocols = SERVED.stream().filter(spoken::contains).map(ProtocolConfig::token).toList();
        boolean quic = spoken.contains(ProtocolConfig.H3) && QuicLibrary.isAvailable();
        List<TlsHosts.Entry> entries = new ArrayList<>();
        Set<String> pending = new HashSet<>();
        int before = problems.size();
        for (int i = 0; i < tls.certificates().size(); i++) {
            String path = "listeners." + listener + ".tls.certificates[" + i + "]";
            CertificateConfig declared = tls.certificates().get(i);
            read(path, problems,
                    () -> entries.add(entry(listener, tls, TlsMaterial.read(tls, declared), protocols, quic)));
        }
        AcmeConfig acme = tls.acme();
        if (acme != null) {
            for (String name : acme.names()) {
                read("listeners." + listener + ".tls.acme", problems, () -> {
                    TlsMaterial material = TlsMaterial.readStored(tls, acme, name);
                    if (material == null) {
                        pending.add(name);
                    } else {
                        entries.add(entry(listener, tls, material, protocols, quic));
                    }
                });
            }
        }
        if (problems.size() > before) {
            contexts.release(entries.stream().map(TlsHosts.Entry::context).toList());
            return null;
        }
        warnOfWhatIsNotDone(listener, tls);
        return new TlsHosts(entries, pending, tls.unknownName() == TlsConfig.UnknownName.DEFAULT,
                tls.minVersion() == TlsConfig.Version.TLS_1_3, protocols, tls.forwardClientCertificate(), challenges);
    }

    /// What can fail because of a file.
    @FunctionalInterface
    private interface Reading {
        void run() throws TlsMaterial.UnusableException, GeneralSecurityException, SSLException;
    }

    private static void read(String path, List<Problem> problems, Reading reading) {
        try {
            reading.run();
        } catch (TlsMaterial.UnusableException e) {
            problems.add(problem(path + "." + e.place(), String.valueOf(e.getMessage())));
        } catch (GeneralSecurityException | SSLException | IllegalArgumentException e) {
            problems.add(problem(path, "can't be used: " + e.getMessage()));
        }
    }

    private TlsHosts.Entry entry(String listener, TlsConfig tls, TlsMaterial material, List<String> protocols,
            boolean quic) throws GeneralSecurityException, SSLException {
        return new TlsHosts.Entry(contexts.obtain(listener, material, tls.minVersion(), protocols, quic),
                material.names(), material.policy());
    }

    private static Problem problem(String path, String message) {
        return new Problem(Problem.Severity.ERROR, Place.NOWHERE, path, message);
    }

    private static void warnOfWhatIsNotDone(String listener, TlsConfig tls) {
        if (TlsLibrary.current() == TlsLibrary.BORINGSSL) {
            return;
        }
        if (tls.tickets() != null) {
            LOG.atWarn().addKeyValue("listener", listener)
                    .log("the keys of session tickets are not shared: the JDK's TLS, which is used here, can't");
        }
        if (tls.certificates().stream().anyMatch(certificate -> certificate.ocsp() != null)) {
            LOG.atWarn().addKeyValue("listener", listener)
                    .log("no OCSP response is stapled: the JDK's TLS, which is used here, can't");
        }
    }

    /// Says which listeners there are from now on, so that it is watched when their certificates expire.
    public void serving(Map<String, TlsHosts> hosts) {
        expiry.watch(hosts);
        expiry.look(System.currentTimeMillis());
    }

    /// Lets go of what no handshake begins with any more.
    public void release(TlsHosts hosts) {
        contexts.release(hosts.contexts());
    }
}
