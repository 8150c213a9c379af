package io.tidegate.identity.jwt;

import io.tidegate.api.ConfigException;
import io.tidegate.api.FilePath;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.PolicyFactory;
import io.tidegate.identity.keys.IssuerKeys;
import io.tidegate.identity.keys.JsonWebKeys;
import io.tidegate.identity.keys.KeySet;
import io.tidegate.identity.keys.KeySettings;
import io.tidegate.identity.keys.SignatureAlgorithm;
import io.tidegate.identity.keys.VerificationKey;
import io.tidegate.identity.remote.ServerUrl;
import io.tidegate.identity.token.ClaimFields;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/// Makes `jwt` policies.
public final class JwtFactory implements PolicyFactory<JwtConfig> {

    @Override
    public String type() {
        return "jwt";
    }

    @Override
    public Class<JwtConfig> configType() {
        return JwtConfig.class;
    }

    @Override
    public String summary() {
        return "Finds out who calls by a signed token of an issuer (JWT).";
    }

    @Override
    public Set<Trait> provides() {
        return Set.of(Trait.CONSUMER);
    }

    @Override
    public boolean isOptional(JwtConfig config) {
        return config.optional();
    }

    @Override
    public Set<String> ownHeaders(JwtConfig config) {
        return ClaimFields.names(config.claimsToHeaders());
    }

    @Override
    public Set<String> secretParameters(JwtConfig config) {
        return config.query() == null ? Set.of() : Set.of(config.query());
    }

    @Override
    public Policy create(JwtConfig config, PolicyContext context) {
        return new JwtPolicy(config, keys(config, context), context);
    }

    private static IssuerKeys keys(JwtConfig config, PolicyContext context) {
        List<SignatureAlgorithm> accepted = config.accepted();
        if (config.keys() != null) {
            return IssuerKeys.given(configured("keys", config.keys(), accepted));
        }
        if (config.keysFile() != null) {
            return IssuerKeys.given(configured("keysFile", text(config.keysFile()), accepted));
        }
        if (config.secret() != null) {
            return IssuerKeys.given(shared(config.secret(), accepted));
        }
        KeySettings settings = new KeySettings(accepted, config.refresh(), config.http());
        return config.jwksUri() == null
                ? IssuerKeys.discovered(config.issuer(), settings, context)
                : IssuerKeys.at(url(config.jwksUri()), settings, context);
    }

    private static KeySet configured(String component, String text, List<SignatureAlgorithm> accepted) {
        try {
            return JsonWebKeys.configured(text, accepted);
        } catch (ConfigException e) {
            throw new ConfigException(component, String.valueOf(e.getMessage()));
        }
    }

    private static String text(FilePath file) {
        try {
            return Files.readString(file.path());
        } catch (IOException e) {
            throw new ConfigException("keysFile", "can't be read: " + file + " (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static KeySet shared(String secret, List<SignatureAlgorithm> accepted) {
        List<VerificationKey> keys = new ArrayList<>();
        try {
            byte[] bytes = Base64.getDecoder().decode(secret.strip());
            for (SignatureAlgorithm algorithm : accepted) {
                keys.add(VerificationKey.secret(null, algorithm, bytes));
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigException("secret", "must be base64");
        } catch (InvalidKeyException e) {
            throw new ConfigException("secret", String.valueOf(e.getMessage()));
        }
        return KeySet.of(keys);
    }

    private static URI url(String text) {
        URI url = ServerUrl.read(text);
        if (url == null) {
            throw new ConfigException("jwksUri", "must be a URL with http or https (was '" + text + "')");
        }
        return url;
    }
}
