package io.tidegate.acme;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one account has: its key, the certificates with their keys, and what gateways that share it have to tell each
/// other. Certificates are always found in files too, where whoever reads configurations watches them. Everybody may
/// read; who has taken the lock may write, and nobody else. For one thread.
interface Store {

    /// Where the files are.
    Path folder();

    /// Where what is shared is, in words.
    String place();

    /// Looks whether other gateways have put something, and brings the files up to date with it. Made often.
    ///
    /// @param names
    ///            whose certificates are wanted
    /// @return whether something may have changed
    boolean refresh(List<String> names) throws IOException;

    /// Brings what is known of one name up to date, however short ago that was done.
    void refresh(String name) throws IOException;

    // Certificates.

    /// Keeps a certificate for this gateway alone, where that makes a difference: what an authority has given is not to
    /// be lost where the others can't be told of it.
    void keep(String name, StoredCertificate made) throws IOException;

    /// Puts a certificate in place of the one before, for all gateways.
    void put(String name, StoredCertificate made) throws IOException;

    // The account.

    /// The account's key; null where there is none yet.
    ///
    /// @throws IOException
    ///             where there is one that can't be read: another account would be made in its place
    @Nullable
    KeyPair account() throws IOException;

    /// Keeps the account's key.
    void putAccount(KeyPair key) throws IOException;

    // What gateways tell each other.

    /// Why there is no certificate for a name, or no newer one; null where nothing has failed.
    @Nullable
    Failure failure(String name) throws IOException;

    /// Keeps why an attempt failed; null where one did not.
    void putFailure(String name, @Nullable Failure failure) throws IOException;

    /// What an authority looks for at this moment, whichever gateway asked it; null where it does not look.
    @Nullable
    Challenge challenge() throws IOException;

    /// Tells the other gateways what an authority looks for; null where it does not any more.
    void putChallenge(@Nullable Challenge challenge) throws IOException;

    // Who may write.

    /// Takes the lock where it is free or stale; null where another gateway has it.
    @Nullable
    Held take() throws IOException;

    /// The lock, as long as one has it.
    interface Held extends AutoCloseable {

        /// Tells the others that it is still held.
        ///
        /// @return false where another one has it by now: nothing may be written any more
        boolean beat() throws IOException;

        /// Gives it back.
        @Override
        void close() throws IOException;
    }
}
