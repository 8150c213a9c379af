package io.tidegate.acme;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;

/// A certificate authority that is asked for certificates. For one thread.
interface Authority {

    /// Asks for a certificate for one name, and waits until it is there. Blocks.
    ///
    /// @param key
    ///            the certificate's own
    /// @param proving
    ///            is told what the authority will look for
    /// @return the certificate, then the intermediate ones
    /// @throws IssueException
    ///             where it does not give one, or can't be reached
    List<X509Certificate> issue(String name, KeyPair key, Proving proving) throws IssueException, InterruptedException;

    /// Shows the authority what it looks for.
    interface Proving {

        /// Shows this from now on, in place of what was shown before. Returns when it is to be found.
        void show(Challenge challenge) throws IssueException, InterruptedException;

        /// Says that it goes on: to be called before each wait.
        ///
        /// @throws IssueException
        ///             where another gateway has taken over meanwhile
        void goOn() throws IssueException;
    }
}
