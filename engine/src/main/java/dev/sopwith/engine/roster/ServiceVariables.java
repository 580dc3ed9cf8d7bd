package dev.sopwith.engine.roster;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Variables of the service's environment that no step ever sees (APPROVALS §5). */
public final class ServiceVariables {
    private static final Set<String> SHELL = Set.of("ENV", "BASH_ENV", "SHELLOPTS", "BASHOPTS");

    private ServiceVariables() {}

    /** Why a variable is given to no step, if it is not. */
    public static Optional<String> refusal(String name) {
        var upper = name.toUpperCase(Locale.ROOT);
        if (upper.startsWith("LD_")) return Optional.of("it decides which code programs load");
        if (SHELL.contains(upper) || upper.startsWith("BASH_FUNC_")) {
            return Optional.of("it decides what a shell does before the step's own text");
        }
        if (upper.startsWith("SOP_")) return Optional.of("names in SOP_ are the service's to give");
        boolean own =
                upper.startsWith("SOPWITH_")
                        || upper.startsWith("MATRIX_")
                        || upper.startsWith("DISCORD_")
                        || upper.startsWith("MQTT_")
                        || upper.equals("CREDENTIALS_DIRECTORY");
        return own ? Optional.of("it belongs to the service itself") : Optional.empty();
    }
}
