package io.tidegate.engine.names;

import io.netty.resolver.AddressResolverGroup;
import java.net.InetSocketAddress;

/// What connections to services are resolved by, and told of the names that there will be connections to.
public abstract class Names extends AddressResolverGroup<InetSocketAddress> {

    /// There may be connections to this host from now on, until [#release]. An address is no name, and is ignored.
    public abstract void use(String host);

    /// Takes back one [#use]: after the last, the name is forgotten.
    public abstract void release(String host);
}
