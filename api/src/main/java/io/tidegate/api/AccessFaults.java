package io.tidegate.api;

import io.tidegate.api.Fault.Party;
import java.util.List;

/// The faults of those who call: who they are can't be told, or they may not do what they ask for. [Fault#all] has
/// them too.
///
/// 401 says that other credentials may help and comes with `WWW-Authenticate` (RFC 9110 section 11.6.1), 403 that these
/// don't. The title tells the client no more than it knows; the code, which the access log has, says what was wrong.
public final class AccessFaults {

    /// No credentials were sent.
    public static final Fault MISSING = client("auth.missing", 401, "Credentials are required");

    /// The credentials are malformed.
    public static final Fault MALFORMED = client("auth.malformed", 401, "The credentials are not valid");

    /// The credentials are not valid.
    public static final Fault INVALID = client("auth.invalid", 401, "The credentials are not valid");

    /// The credentials are not valid yet or any more.
    public static final Fault EXPIRED = client("auth.expired", 401, "The credentials are not valid");

    /// The credentials are good, but of nobody who is known here.
    public static final Fault UNKNOWN_CONSUMER = client("auth.unknown_consumer", 403, "The caller is not known here");

    /// The credentials could not be checked: what is asked for that is out of reach.
    public static final Fault UNAVAILABLE = new Fault("auth.unavailable", 503,
            "The credentials can't be checked at the moment", Party.GATEWAY);

    /// There were too many wrong credentials for this name from this address.
    public static final Fault TOO_MANY_FAILURES = client("auth.too_many_failures", 429,
            "There were too many failed attempts: try again later");

    /// The token is no JWT (RFC 7519).
    public static final Fault JWT_MALFORMED = client("jwt.malformed", 401, "The token is not valid");

    /// The token is too large.
    public static final Fault JWT_TOO_LARGE = client("jwt.too_large", 401, "The token is not valid");

    /// The header of the token asks for what is not done here: `crit`, a key of its own.
    public static final Fault JWT_HEADER = client("jwt.header", 401, "The token is not valid");

    /// The algorithm of the token is none that is accepted, or not that of its key (RFC 8725 section 3.1).
    public static final Fault JWT_ALG = client("jwt.alg", 401, "The token is not valid");

    /// No key is known by which the token could be checked.
    public static final Fault JWT_KEY = client("jwt.key", 401, "The token is not valid");

    /// The signature of the token is not right.
    public static final Fault JWT_SIGNATURE = client("jwt.signature", 401, "The token is not valid");

    /// The token is of another type (RFC 8725 section 3.11).
    public static final Fault JWT_TYPE = client("jwt.type", 401, "The token is not valid");

    /// The token is of another issuer.
    public static final Fault JWT_ISSUER = client("jwt.issuer", 401, "The token is not valid");

    /// The token is for somebody else.
    public static final Fault JWT_AUDIENCE = client("jwt.audience", 401, "The token is not valid");

    /// The token is not valid any more, or does not say until when it is.
    public static final Fault JWT_EXPIRED = client("jwt.expired", 401, "The token is not valid");

    /// The token is not valid yet.
    public static final Fault JWT_NOT_YET = client("jwt.not_yet", 401, "The token is not valid");

    /// A claim that is required is missing or is another one.
    public static final Fault JWT_CLAIM = client("jwt.claim", 401, "The token is not valid");

    /// The server that gave the token out says that it is not valid (RFC 7662).
    public static final Fault TOKEN_INACTIVE = client("token.inactive", 401, "The token is not valid");

    /// The token belongs to another certificate or key (RFC 8705, RFC 9449).
    public static final Fault TOKEN_BINDING = client("token.binding", 401, "The token is not valid");

    /// The proof that the client holds the key of its token is missing or wrong (RFC 9449 section 4.3).
    public static final Fault DPOP_PROOF = client("dpop.proof", 401, "The proof of possession is not valid");

    /// No token for the service could be got (RFC 8693).
    public static final Fault TOKEN_EXCHANGE = new Fault("token.exchange", 502,
            "No token for the service could be got", Party.GATEWAY);

    /// The request is not signed.
    public static final Fault SIGNATURE_MISSING = client("signature.missing", 401, "The request must be signed");

    /// The signature of the request is not right (RFC 9421).
    public static final Fault SIGNATURE_INVALID = client("signature.invalid", 401, "The signature is not valid");

    /// The signature of the request is too old, or was used before.
    public static final Fault SIGNATURE_EXPIRED = client("signature.expired", 401, "The signature is not valid");

    /// The body is not what was signed (RFC 9530).
    public static final Fault SIGNATURE_DIGEST = client("signature.digest", 401, "The signature is not valid");

    /// The client showed no certificate.
    public static final Fault CERTIFICATE_MISSING = client("certificate.missing", 401,
            "A client certificate is required");

    /// The login does not belong to this browser, was used before or took too long.
    public static final Fault OIDC_STATE = client("oidc.state", 400, "The login can't be completed: begin again");

    /// The provider refused the login.
    public static final Fault OIDC_REFUSED = client("oidc.refused", 403, "The login was refused");

    /// The provider can't be reached, or what it answers can't be trusted.
    public static final Fault OIDC_PROVIDER = new Fault("oidc.provider", 502, "The login can't be completed",
            Party.GATEWAY);

    /// The message by which a provider ends a session is not valid.
    public static final Fault OIDC_LOGOUT = client("oidc.logout", 400, "The logout token is not valid");

    /// Who calls may not do this.
    public static final Fault DENIED = client("access.denied", 403, "Access is denied");

    /// The credentials are not good for this (RFC 6750 section 3.1: `insufficient_scope`).
    public static final Fault SCOPE = client("access.scope", 403, "Access is denied");

    /// The address may not call.
    public static final Fault ADDRESS = client("access.address", 403, "Access is denied");

    /// Clients in this country may not call.
    public static final Fault COUNTRY = client("access.country", 403, "Access is denied");

    /// Who decides on access can't be asked.
    public static final Fault DECISION_UNAVAILABLE = new Fault("access.unavailable", 503,
            "Access can't be decided on at the moment", Party.GATEWAY);

    private static final List<Fault> ALL = List.of(MISSING, MALFORMED, INVALID, EXPIRED, UNKNOWN_CONSUMER, UNAVAILABLE,
            TOO_MANY_FAILURES,
            JWT_MALFORMED, JWT_TOO_LARGE, JWT_HEADER, JWT_ALG, JWT_KEY, JWT_SIGNATURE, JWT_TYPE, JWT_ISSUER,
            JWT_AUDIENCE, JWT_EXPIRED, JWT_NOT_YET, JWT_CLAIM, TOKEN_INACTIVE, TOKEN_BINDING, DPOP_PROOF,
            TOKEN_EXCHANGE, SIGNATURE_MISSING, SIGNATURE_INVALID, SIGNATURE_EXPIRED, SIGNATURE_DIGEST,
            CERTIFICATE_MISSING, OIDC_STATE, OIDC_REFUSED, OIDC_PROVIDER, OIDC_LOGOUT, DENIED, SCOPE, ADDRESS, COUNTRY,
            DECISION_UNAVAILABLE);

    private AccessFaults() {
    }

    private static Fault client(String code, int status, String title) {
        return new Fault(code, status, title, Party.CLIENT);
    }

    /// All of them.
    public static List<Fault> all() {
        return ALL;
    }
}
