package io.tidegate.ldap;

import com.unboundid.ldap.sdk.Attribute;
import com.unboundid.ldap.sdk.DN;
import com.unboundid.ldap.sdk.DereferencePolicy;
import com.unboundid.ldap.sdk.FailoverServerSet;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPConnectionPool;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.RDN;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchResultEntry;
import com.unboundid.ldap.sdk.SearchScope;
import com.unboundid.ldap.sdk.ServerSet;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.SingleServerSet;
import com.unboundid.ldap.sdk.StartTLSPostConnectProcessor;
import com.unboundid.util.ssl.HostNameSSLSocketVerifier;
import io.tidegate.api.ConfigException;
import io.tidegate.config.pem.ClientContexts;
import io.tidegate.config.pem.UnusableFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// A directory that passwords are checked by: a bind as the user (RFC 4513 section 5.1.3). Blocks.
///
/// Connections are kept, and go back to being the gateway's own (or nobody's) after each bind.
final class Directory implements AutoCloseable {

    private static final int LARGEST_MESSAGE = 1 << 20;
    private static final int MOST_GROUPS = 1000;

    /// Most that wait for each connection that there may be: others need the threads that they wait on.
    private static final int MOST_WAITING = 8;

    /// What a directory says to a password that is wrong, to a user who is none, and to one who may not log in.
    private static final Set<ResultCode> REFUSALS = Set.of(ResultCode.INVALID_CREDENTIALS, ResultCode.NO_SUCH_OBJECT,
            ResultCode.INAPPROPRIATE_AUTHENTICATION, ResultCode.INVALID_DN_SYNTAX,
            ResultCode.UNWILLING_TO_PERFORM, ResultCode.CONSTRAINT_VIOLATION, ResultCode.INSUFFICIENT_ACCESS_RIGHTS);

    private final LdapConfig config;
    private final LDAPConnectionPool pool;
    private final Semaphore connections;
    private final @Nullable Filter userFilter;
    private final @Nullable Filter groupFilter;
    private final String[] attributes;

    /// A user whose password was right.
    ///
    /// @param dn
    ///            the name of the entry in normal form
    record User(String dn, Set<String> groups) {
    }

    /// A directory by these settings. Connects with the first request.
    ///
    /// @throws ConfigException
    ///             where the file of authorities can't be used
    Directory(LdapConfig config) {
        this.config = config;
        connections = new Semaphore(config.maxConnections(), true);
        UserSearchConfig search = config.search();
        GroupSearchConfig groups = config.groupSearch();
        userFilter = Names.filter(search == null ? null : search.filter());
        groupFilter = Names.filter(groups == null ? null : groups.filter());
        attributes = new String[]{config.groupsAttribute().isEmpty()
                ? SearchRequest.NO_ATTRIBUTES
                : config.groupsAttribute()};
        SSLContext tls = tls(config);
        SimpleBindRequest own = search == null || search.bindDn() == null
                ? null
                : new SimpleBindRequest(search.bindDn(), search.bindPassword());
        try {
            pool = new LDAPConnectionPool(servers(config, tls), own, 0, config.maxConnections(),
                    config.startTls() ? new StartTLSPostConnectProcessor(tls) : null, false);
        } catch (LDAPException e) {
            throw new ConfigException("urls", "can't be used: " + e.getMessage());
        }
        // The bound is the semaphore: the pool makes what is missing at once, and no thread of its own does.
        pool.setCreateIfNecessary(true);
        pool.setConnectionPoolName("tidegate");
    }

    private static SSLContext tls(LdapConfig config) {
        try {
            return ClientContexts.of(config.ca() == null ? null : config.ca().path(), null, null);
        } catch (UnusableFileException e) {
            throw new ConfigException("ca", "'" + config.ca() + "' " + e.getMessage());
        }
    }

    private static ServerSet servers(LdapConfig config, SSLContext tls) {
        LDAPConnectionOptions options = new LDAPConnectionOptions();
        options.setConnectTimeoutMillis((int) config.connectTimeout().toMillis());
        options.setResponseTimeoutMillis(config.timeout().toMillis());
        options.setUseSynchronousMode(true);
        options.setFollowReferrals(false);
        options.setMaxMessageSize(LARGEST_MESSAGE);
        options.setSSLSocketVerifier(new HostNameSSLSocketVerifier(true));
        List<ServerSet> servers = new ArrayList<>();
        for (String url : config.urls()) {
            String host = LdapConfig.host(url);
            int port = LdapConfig.port(url);
            servers.add(url.startsWith("ldaps:")
                    ? new SingleServerSet(host, port, tls.getSocketFactory(), options)
                    : new SingleServerSet(host, port, options));
        }
        return servers.size() == 1 ? servers.getFirst() : new FailoverServerSet(servers);
    }

    /// The user whose password this is; null where there is none.
    ///
    /// @param password
    ///            not empty: directories take an empty one for nobody, whom they let in
    /// @throws LDAPException
    ///             where the directory can't be asked
    @Nullable
    User check(String username, byte[] password) throws LDAPException, InterruptedException {
        if (password.length == 0 || username.isEmpty()) {
            return null;
        }
        if (connections.getQueueLength() >= MOST_WAITING * config.maxConnections()) {
            throw new LDAPException(ResultCode.BUSY, "too many wait for a connection");
        }
        if (!connections.tryAcquire(config.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
            throw new LDAPException(ResultCode.BUSY, "no connection is free");
        }
        try {
            // One that was closed while nobody used it is found out by using it.
            try {
                return once(username, password);
            } catch (LDAPException e) {
                if (e.getResultCode().isConnectionUsable() || e.getResultCode().equals(ResultCode.TIMEOUT)
                        || e.getResultCode().equals(ResultCode.CONNECT_ERROR)) {
                    throw e;
                }
                return once(username, password);
            }
        } finally {
            connections.release();
        }
    }

    private @Nullable User once(String username, byte[] password) throws LDAPException {
        LDAPConnection connection = pool.getConnection();
        boolean usable = false;
        try {
            User user = with(connection, username, password);
            usable = true;
            return user;
        } catch (LDAPException e) {
            usable = e.getResultCode().isConnectionUsable();
            throw e;
        } finally {
            if (usable) {
                pool.releaseAndReAuthenticateConnection(connection);
            } else {
                pool.releaseDefunctConnection(connection);
            }
        }
    }

    private @Nullable User with(LDAPConnection connection, String username, byte[] password) throws LDAPException {
        DN dn = config.search() == null ? templated(username) : found(connection, config.search(), username);
        if (dn == null) {
            return null;
        }
        try {
            connection.bind(new SimpleBindRequest(dn, password));
        } catch (LDAPException e) {
            if (REFUSALS.contains(e.getResultCode())) {
                return null;
            }
            throw e;
        }
        // What follows is asked as the user, who may see the own groups.
        return new User(dn.toNormalizedString(), groups(connection, dn));
    }

    /// The value is escaped by whoever makes a name of it.
    private DN templated(String username) {
        String template = String.valueOf(config.userDn());
        int equals = template.indexOf('=');
        DN above = Names.dn(template.substring(equals + 1 + LdapConfig.USERNAME.length() + 1));
        return new DN(new RDN(template.substring(0, equals), username), above);
    }

    /// The only entry of that user name; none where there are several.
    private @Nullable DN found(LDAPConnection connection, UserSearchConfig search, String username)
            throws LDAPException {
        Filter named = Filter.createEqualityFilter(search.attribute(), username);
        SearchRequest request = request(search.base(), and(userFilter, named), 2, SearchRequest.NO_ATTRIBUTES);
        try {
            List<SearchResultEntry> entries = entries(connection, request);
            return entries.size() == 1 ? entries.getFirst().getParsedDN() : null;
        } catch (LDAPSearchException e) {
            if (e.getResultCode().equals(ResultCode.SIZE_LIMIT_EXCEEDED)) {
                return null;
            }
            throw e;
        }
    }

    private static List<SearchResultEntry> entries(LDAPConnection connection, SearchRequest request)
            throws LDAPSearchException {
        List<SearchResultEntry> entries = connection.search(request).getSearchEntries();
        return entries == null ? List.of() : entries;
    }

    private static Filter and(@Nullable Filter one, Filter other) {
        return one == null ? other : Filter.createANDFilter(one, other);
    }

    private SearchRequest request(String base, Filter filter, int most, String... wanted) {
        return new SearchRequest(base, SearchScope.SUB, DereferencePolicy.NEVER, most,
                (int) Math.max(1, config.timeout().toSeconds()), false, filter, wanted);
    }

    private Set<String> groups(LDAPConnection connection, DN dn) throws LDAPException {
        Set<String> groups = new TreeSet<>();
        if (!config.groupsAttribute().isEmpty()) {
            SearchResultEntry entry = connection.getEntry(dn.toString(), attributes);
            String[] values = entry == null ? null : entry.getAttributeValues(config.groupsAttribute());
            for (String value : values == null ? new String[0] : values) {
                groups.add(name(value));
            }
        }
        GroupSearchConfig search = config.groupSearch();
        if (search != null) {
            Filter member = Filter.createEqualityFilter(search.member(), dn.toString());
            SearchRequest groupsOf = request(search.base(), and(groupFilter, member), MOST_GROUPS, search.name());
            for (SearchResultEntry entry : entries(connection, groupsOf)) {
                Attribute name = entry.getAttribute(search.name());
                if (name != null) {
                    groups.addAll(List.of(name.getValues()));
                }
            }
        }
        return groups;
    }

    /// `staff` of `cn=staff,ou=groups,…`; what is no name of an entry is the name of the group itself.
    private static String name(String value) {
        if (value.indexOf('=') > 0 && DN.isValidDN(value)) {
            RDN first = Names.dn(value).getRDN();
            if (first != null) {
                return first.getAttributeValues()[0];
            }
        }
        return value;
    }

    /// How many wait for a connection.
    int waiting() {
        return connections.getQueueLength();
    }

    @Override
    public void close() {
        pool.close();
    }
}
