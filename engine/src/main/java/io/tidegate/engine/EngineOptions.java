package io.tidegate.engine;

import io.tidegate.config.ProcessConfig;
import io.tidegate.config.discovery.EndpointSources;
import io.tidegate.engine.exchange.Challenges;
import io.tidegate.engine.overload.Signs;
import io.tidegate.engine.state.RemoteStates;
import io.tidegate.engine.worker.PolicyBounds;
import java.net.InetSocketAddress;
import java.util.List;

/// What an engine is started with; none of it changes while it runs.
///
/// @param process
///            workers, transport and the most connections
/// @param version
///            of the gateway, as the metrics tell it
/// @param policyBounds
///            what policies may hold and wait for
/// @param nameServers
///            who is asked for the addresses of services; those of this machine where it is empty
/// @param challenges
///            what is shown to certificate authorities, by whoever asks them for certificates
/// @param signs
///            what tells that the gateway is overloaded
/// @param sources
///            tell of endpoints that are not declared, but for DNS
/// @param remotes
///            opens stores that gateways share
public record EngineOptions(ProcessConfig process, String version, PolicyBounds policyBounds,
        List<InetSocketAddress> nameServers, Challenges challenges, Signs signs,
        EndpointSources sources, RemoteStates remotes) {

    /// Copies the list.
    public EngineOptions {
        nameServers = List.copyOf(nameServers);
    }

    /// Those of a gateway on this machine.
    public EngineOptions(ProcessConfig process, String version) {
        this(process, version, PolicyBounds.ofProcess(), List.of(), new Challenges(), Signs.ofProcess(),
                EndpointSources.none(), RemoteStates.none());
    }

    /// Those of a gateway that has no version.
    public EngineOptions(ProcessConfig process) {
        this(process, "unknown");
    }

    /// These, with other bounds for policies.
    public EngineOptions withPolicyBounds(PolicyBounds bounds) {
        return new EngineOptions(process, version, bounds, nameServers, challenges, signs, sources, remotes);
    }

    /// These, with other name servers.
    public EngineOptions withNameServers(List<InetSocketAddress> servers) {
        return new EngineOptions(process, version, policyBounds, servers, challenges, signs, sources, remotes);
    }

    /// These, with other signs of overload.
    public EngineOptions withSigns(Signs others) {
        return new EngineOptions(process, version, policyBounds, nameServers, challenges, others, sources, remotes);
    }

    /// These, with sources of endpoints.
    public EngineOptions withSources(EndpointSources others) {
        return new EngineOptions(process, version, policyBounds, nameServers, challenges, signs, others, remotes);
    }

    /// These, with stores that gateways share.
    public EngineOptions withRemotes(RemoteStates others) {
        return new EngineOptions(process, version, policyBounds, nameServers, challenges, signs, sources, others);
    }
}
