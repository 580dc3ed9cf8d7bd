package dev.sopwith.engine.runtime;

import dev.sopwith.engine.secret.Secret;

import java.util.Map;
import java.util.Optional;

/** What an installation lends to steps: asked for each attempt, after its gate is clear. */
public interface StepWorld {
    /** The secret of this name, if it is granted to this SOP and known. */
    Optional<Secret> secret(String sop, String name);

    /** Variables of the service's environment that steps may see. */
    Map<String, String> passEnv();

    /** The login of the user that shell steps run as; the service's own if none. */
    Optional<String> runAs();

    /** What holds without a roster: no secrets, the service's own user, these variables. */
    static StepWorld plain(Map<String, String> passEnv) {
        return new StepWorld() {
            @Override
            public Optional<Secret> secret(String sop, String name) {
                return Optional.empty();
            }

            @Override
            public Map<String, String> passEnv() {
                return passEnv;
            }

            @Override
            public Optional<String> runAs() {
                return Optional.empty();
            }
        };
    }
}
