package dev.sopwith.engine.step;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The environment of a shell step (FORMAT §5): {@code SOP_*}, the secrets granted to it, and what
 * the roster passes on. Nothing else of the service's own environment gets there.
 */
final class StepEnvironment {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** What makes a program run other code than it was written for, and what shells own. */
    private static final Pattern DANGEROUS =
            Pattern.compile(
                    "LD_.*|ENV|BASH.*|SHELLOPTS|PS4|IFS|PROMPT_COMMAND|UID|EUID|PPID|OPTIND"
                            + "|GCONV_PATH|MALLOC_.*|GLIBC_TUNABLES");

    /** Where the service's own secrets come from (FORMAT §8). */
    private static final Pattern SERVICE_SECRET =
            Pattern.compile(
                    "SOPWITH_.*|CREDENTIALS_DIRECTORY|DISCORD_BOT_TOKEN.*"
                            + "|MATRIX_(ACCESS_TOKEN|PASSWORD|RECOVERY_KEY).*"
                            + "|MQTT_.*_(USER|PASSWORD)(_FILE)?");

    /** All {@code SOP_*} together, names included. */
    static final int SOP_BYTES_MAX = 1024 * 1024;

    /** The kernel takes no longer one: 32 pages, with name, equals sign and end. */
    static final int VARIABLE_BYTES_MAX = 128 * 1024 - 1;

    private StepEnvironment() {}

    /** Something that may not be in an environment. The message is for people. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    /** Why the roster may not pass on a variable of this name; empty if it may. */
    static Optional<String> whyNotPassed(String name, Set<String> serviceSecrets) {
        if (!NAME.matcher(name).matches()) return Optional.of("it is no name of a variable");
        if (DANGEROUS.matcher(name).matches()) {
            return Optional.of("it changes what programs do");
        }
        if (name.startsWith("SOP_")) return Optional.of("SOP_ names are the service's");
        if (serviceSecrets.contains(name) || SERVICE_SECRET.matcher(name).matches()) {
            return Optional.of("it is a secret of the service");
        }
        return Optional.empty();
    }

    static Map<String, String> of(
            StepOrder order, StepDirectory directory, Set<String> serviceSecrets) throws Refused {
        var all = new TreeMap<>(sopVariables(order, directory));
        for (var variable : order.passEnv().entrySet()) {
            var why = whyNotPassed(variable.getKey(), serviceSecrets);
            if (why.isPresent()) {
                throw new Refused("pass_env %s: %s".formatted(variable.getKey(), why.get()));
            }
            all.put(variable.getKey(), variable.getValue());
        }
        for (var secret : order.secrets().entrySet()) {
            var name = secret.getKey();
            boolean usable = NAME.matcher(name).matches() && !DANGEROUS.matcher(name).matches();
            if (!usable || name.startsWith("SOP_")) {
                throw new Refused("a secret cannot be given as variable " + name);
            }
            all.put(name, secret.getValue().reveal());
        }
        check(all);
        return all;
    }

    /**
     * As text for a shell, complete with its last line. Inside single quotes nothing means anything
     * but the next single quote.
     */
    static String assignments(Map<String, String> environment) {
        var text = new StringBuilder();
        environment.forEach(
                (name, value) ->
                        text.append("export %s='".formatted(name))
                                .append(value.replace("'", "'\\''"))
                                .append("'\n"));
        return text.append(": complete\n").toString();
    }

    private static Map<String, String> sopVariables(StepOrder order, StepDirectory directory) {
        var key = order.key();
        var variables = new TreeMap<String, String>();
        variables.put("SOP_NAME", order.sop());
        variables.put("SOP_VERSION", order.version());
        variables.put("SOP_RUN", "R-" + key.run());
        variables.put("SOP_STEP", Integer.toString(key.step()));
        variables.put("SOP_ATTEMPT", Integer.toString(key.attempt()));
        variables.put("SOP_IDEMPOTENCY_KEY", key.idempotencyKey());
        variables.put("SOP_DIR", directory.sop().toString());
        variables.put("SOP_PAYLOAD_FILE", directory.payload().toString());
        variables.put("SOP_OUTPUT", directory.output().toString());
        order.inputs()
                .forEach(
                        (name, input) ->
                                variables.put(upper("SOP_INPUT_" + name), StepOrder.text(input)));
        for (var step : order.earlier()) {
            step.values()
                    .forEach(
                            (name, value) ->
                                    variables.put(
                                            upper("SOP_STEP_" + step.number() + "_" + name),
                                            value));
        }
        return variables;
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT);
    }

    private static void check(Map<String, String> variables) throws Refused {
        long sopBytes = 0;
        for (var variable : variables.entrySet()) {
            var name = variable.getKey();
            if (variable.getValue().indexOf('\0') >= 0) {
                throw new Refused(name + " holds a NUL, which no variable can");
            }
            var text = name + "=" + variable.getValue();
            int bytes = text.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > VARIABLE_BYTES_MAX) {
                throw new Refused(
                        "%s has %d bytes, and a variable at most %d; hand it on in a file"
                                .formatted(name, bytes, VARIABLE_BYTES_MAX));
            }
            if (name.startsWith("SOP_")) sopBytes += bytes;
        }
        if (sopBytes > SOP_BYTES_MAX) {
            throw new Refused(
                    "all SOP_ variables together have %d bytes, and may have %d"
                            .formatted(sopBytes, SOP_BYTES_MAX));
        }
    }
}
