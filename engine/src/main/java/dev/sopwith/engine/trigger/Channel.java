package dev.sopwith.engine.trigger;

import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.sop.Trigger.Edge;

import java.util.Optional;

/**
 * By which way a delivery came, where triggers of one topic tell ways apart. A delivery of which
 * nothing is known comes by all of them.
 */
public sealed interface Channel {

    /** Whether this trigger hears what comes by this way. */
    boolean isFor(Trigger trigger);

    /** Whether what came is for this trigger only because it says so. */
    default boolean isLeftOut(Trigger trigger) {
        return false;
    }

    /** Why what came is of no use to anybody who hears it. */
    default Optional<String> flaw() {
        return Optional.empty();
    }

    /**
     * An MQTT broker.
     *
     * @param isStandard whether it is also that of triggers which name none
     * @param isRetained whether the broker kept the message from before anybody listened
     * @param flaw why the message is of no use to anybody who hears it
     */
    record Broker(String name, boolean isStandard, boolean isRetained, Optional<String> flaw)
            implements Channel {
        @Override
        public boolean isFor(Trigger trigger) {
            return !(trigger instanceof Trigger.Mqtt mqtt)
                    || mqtt.broker().map(name::equals).orElse(isStandard);
        }

        @Override
        public boolean isLeftOut(Trigger trigger) {
            return isRetained && trigger instanceof Trigger.Mqtt mqtt && !mqtt.retained();
        }
    }

    /**
     * A pin.
     *
     * @param edge which way it went: rising or falling
     */
    record Pin(Edge edge) implements Channel {
        @Override
        public boolean isFor(Trigger trigger) {
            return !(trigger instanceof Trigger.Peripheral pin)
                    || pin.edge() == Edge.BOTH
                    || pin.edge() == edge;
        }
    }
}
