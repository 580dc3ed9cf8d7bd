package dev.sopwith.engine.sop;

import dev.sopwith.engine.expression.Condition;
import dev.sopwith.engine.expression.Cron;
import dev.sopwith.engine.expression.MqttFilter;
import dev.sopwith.engine.expression.ValuePath;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/**
 * One way a SOP starts: a {@code [[triggers]]} table of SOP.toml. Everything in it was checked when
 * it was read: filters, schedules and conditions are compiled.
 */
public sealed interface Trigger {

    /** The word that stands as {@code type} in the file. */
    String type();

    /** What must hold of the payload; {@link Condition#ALWAYS} where the kind has none. */
    default Condition condition() {
        return Condition.ALWAYS;
    }

    /** Input name to the place in the payload it is copied from; empty where the kind has none. */
    default Map<String, ValuePath> inputs() {
        return Map.of();
    }

    /**
     * Where the payload carries the sender's own id of a delivery; empty where the kind has none.
     */
    default Optional<ValuePath> dedupe() {
        return Optional.empty();
    }

    /** A person or a tool asks for it by name. */
    record Manual() implements Trigger {
        @Override
        public String type() {
            return "manual";
        }
    }

    /**
     * An HTTP request to a path.
     *
     * @param path equal to the request's path, exactly
     * @param secretEnv name of the environment variable that holds this trigger's own secret
     * @param dedupe where the payload carries the sender's own id of this delivery
     */
    record Webhook(
            String path,
            Condition condition,
            Map<String, ValuePath> inputs,
            Optional<Auth> auth,
            Optional<String> secretEnv,
            Optional<ValuePath> dedupe)
            implements Trigger {
        @Override
        public String type() {
            return "webhook";
        }

        /** What a request has to prove; where nothing is said, a bearer token. */
        public Credential credential() {
            var how = auth.orElse(Auth.BEARER);
            var variable = how == Auth.NONE ? "" : secretEnv.orElse(Credential.STANDARD);
            return new Credential(how, variable);
        }
    }

    /**
     * What lets a request start a SOP: a secret, and the way in which its sender shows that it is
     * known.
     *
     * @param variable name of the environment variable with the secret; empty where none is needed
     */
    record Credential(Auth auth, String variable) {
        /** The variable of webhooks that name none. */
        public static final String STANDARD = "SOPWITH_WEBHOOK_TOKEN";
    }

    /** How a webhook proves who sent it (APPROVALS §5). */
    enum Auth {
        BEARER,
        HMAC,
        GITHUB,
        GITLAB,
        GITEA,
        ALERTMANAGER,
        NONE
    }

    /**
     * An MQTT message.
     *
     * @param broker its name in the roster; none means the only or first one
     * @param retained whether a retained message counts
     */
    record Mqtt(
            MqttFilter topic,
            Condition condition,
            Map<String, ValuePath> inputs,
            Optional<String> broker,
            int qos,
            boolean retained,
            Optional<ValuePath> dedupe)
            implements Trigger {
        @Override
        public String type() {
            return "mqtt";
        }
    }

    /**
     * A schedule.
     *
     * @param timezone none means the roster's, or UTC
     */
    record Schedule(Cron expression, Optional<ZoneId> timezone, CatchUp catchUp)
            implements Trigger {
        @Override
        public String type() {
            return "cron";
        }
    }

    /** What becomes of scheduled times that passed while the service was down. */
    enum CatchUp {
        NONE,
        LAST
    }

    /** A change on a pin or another device signal: the event's topic is {@code board/signal}. */
    record Peripheral(
            String board,
            String signal,
            Condition condition,
            Map<String, ValuePath> inputs,
            Edge edge,
            Duration debounce)
            implements Trigger {
        @Override
        public String type() {
            return "peripheral";
        }

        /** {@return the topic of the events that this trigger hears} */
        public String topic() {
            return board + "/" + signal;
        }
    }

    /** Which change of a signal counts. */
    enum Edge {
        RISING,
        FALLING,
        BOTH
    }

    /** A kind known from other systems that never fires here: kept so that nothing is hidden. */
    record Foreign(String type) implements Trigger {}
}
