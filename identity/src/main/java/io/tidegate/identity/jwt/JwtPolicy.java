package io.tidegate.identity.jwt;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Consumers;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Principal;
import io.tidegate.api.Request;
import io.tidegate.identity.UnknownConsumer;
import io.tidegate.identity.keys.IssuerKeys;
import io.tidegate.identity.token.ClaimFields;
import io.tidegate.identity.token.Confirmation;
import io.tidegate.identity.token.ProofOfPossession;
import io.tidegate.identity.token.ProofOfPossession.Claimed;
import io.tidegate.identity.token.TargetUrl;
import io.tidegate.identity.token.TokenMemory;
import io.tidegate.identity.token.TokenResult;
import io.tidegate.identity.token.TokenVerifier;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds out who calls by a signed token.
///
/// ```
/// no token ─▶ 401, or nobody's where that is allowed
/// token ─▶ remembered? ─ no ─▶ checked on a virtual thread ─ good ─▶ remembered
///            └─ yes ─────────────────────────────────────────────────┴─▶ bound to key or certificate? ─▶ consumer
/// ```
///
/// What a token must be bound to and who the consumer is are looked at with every request.
final class JwtPolicy implements Policy {

    /// Of a claim that a service is told.
    private static final int MOST_CHARACTERS = 8192;

    private final JwtConfig config;
    private final IssuerKeys keys;
    private final TokenVerifier verifier;
    private final TokenMemory<Holder> memory;
    private final Holder.Reader reader;
    private final Credential.Places places;
    private final ClaimFields fields;
    private final Consumers consumers;
    private final Refusals refusals;
    private final @Nullable ProofOfPossession proofs;
    private final UnknownConsumer unknownConsumer;
    private final Counter remembered;
    private final Counter verified;
    private final Counter refused;

    JwtPolicy(JwtConfig config, IssuerKeys keys, PolicyContext context) {
        this.config = config;
        this.keys = keys;
        this.verifier = new TokenVerifier(keys, config.rules(), context.clock());
        this.memory = new TokenMemory<>(keys, config.remembered(), context.clock());
        this.fields = new ClaimFields(config.claimsToHeaders(), MOST_CHARACTERS);
        this.reader = new Holder.Reader(config, fields);
        this.places = Credential.Places.of(config);
        this.consumers = context.consumers();
        this.refusals = new Refusals(config);
        this.proofs = config.dpop() == null
                ? null
                : new ProofOfPossession(context.clock(), context.state(), config.dpop().maxAge(), config.leeway());
        // Where no claim names a consumer none is looked for.
        this.unknownConsumer = config.consumer() == null ? UnknownConsumer.ALLOW : config.unknownConsumer();
        this.remembered = context.counter("remembered");
        this.verified = context.counter("verified");
        this.refused = context.counter("refused");
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        Request request = exchange.request();
        fields.clear(request);
        Credential credential = places.find(request);
        if (credential == null) {
            return config.optional() ? Decision.next() : refusals.missing();
        }
        if (credential.isOneOfSeveral()) {
            return refuse(AccessFaults.MALFORMED);
        }
        Holder holder = memory.find(credential.text(), credential.from());
        if (holder != null) {
            remembered.add();
            return bound(exchange, credential, holder);
        }
        return keys.areComing()
                ? Decision.await(keys.arrived().thenApply(_ -> Decision.resume(() -> check(exchange, credential))))
                : check(exchange, credential);
    }

    private Decision refuse(Fault fault) {
        refused.add();
        return refusals.of(fault);
    }

    /// A token that is not remembered.
    private Decision check(Exchange exchange, Credential credential) {
        String token = credential.token();
        return exchange.offload(() -> {
            Object result = examined(token);
            return Decision.resume(() -> result instanceof Holder holder
                    ? bound(exchange, credential, holder)
                    : refuse((Fault) result));
        });
    }

    /// The holder, or the fault.
    private Object examined(String token) {
        switch (verifier.verify(token)) {
            case TokenResult.Bad(Fault fault) -> {
                return fault;
            }
            case TokenResult.Good(var good) -> {
                try {
                    Holder holder = reader.read(good);
                    verified.add();
                    memory.keep(token, good, config.leeway(), holder);
                    return holder;
                } catch (FaultException e) {
                    return e.fault();
                }
            }
        }
    }

    /// Whether the client may use the token: what is bound to a key or a certificate is nobody else's.
    private Decision bound(Exchange exchange, Credential credential, Holder holder) {
        Confirmation confirmation = holder.confirmation();
        if (confirmation.certificateSha256() != null && !confirmation.allows(exchange.client().tls())) {
            return refuse(AccessFaults.TOKEN_BINDING);
        }
        String thumbprint = confirmation.keyThumbprint();
        if (thumbprint == null) {
            boolean needed = credential.proven() || (config.dpop() != null && config.dpop().required());
            return needed ? refuse(AccessFaults.TOKEN_BINDING) : admitted(exchange, holder);
        }
        ProofOfPossession checks = proofs;
        if (checks == null || !credential.proven()) {
            return refuse(AccessFaults.TOKEN_BINDING);
        }
        Request request = exchange.request();
        List<String> shown = request.headers().all("dpop");
        String url = TargetUrl.of(request.scheme(), request.authority(), request.path());
        if (shown.size() != 1 || url == null) {
            return refuse(AccessFaults.DPOP_PROOF);
        }
        Claimed claimed = new Claimed(request.method(), url, credential.token(), thumbprint);
        return exchange.offload(() -> proven(checks, shown.getFirst(), claimed, exchange, holder));
    }

    private Decision proven(ProofOfPossession checks, String proof, Claimed claimed, Exchange exchange, Holder holder) {
        try {
            return Decision.await(checks.check(proof, claimed).thenApply(fresh -> Decision
                    .resume(() -> fresh ? admitted(exchange, holder) : refuse(AccessFaults.DPOP_PROOF))));
        } catch (FaultException e) {
            return Decision.resume(() -> refuse(e.fault()));
        }
    }

    private Decision admitted(Exchange exchange, Holder holder) {
        Principal principal = holder.caller().among(consumers, unknownConsumer);
        if (principal == null) {
            return refuse(AccessFaults.UNKNOWN_CONSUMER);
        }
        exchange.identify(principal);
        Request request = exchange.request();
        for (Field field : holder.fields()) {
            request.headers().set(field.name(), field.value());
        }
        if (!config.forward()) {
            places.hide(request);
        }
        return Decision.next();
    }

    @Override
    public void close() {
        keys.close();
    }
}
