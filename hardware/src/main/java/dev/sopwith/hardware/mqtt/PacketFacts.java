package dev.sopwith.hardware.mqtt;

import com.hivemq.client.internal.mqtt.message.publish.MqttPublish;
import com.hivemq.client.internal.mqtt.message.publish.MqttStatefulPublish;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a PUBLISH packet says beside its message: its identifier, and whether the broker sends it
 * once more. The library keeps both to itself (1.4.1): its messages and its interceptors show what
 * was published and not how it came. Without them a repeat cannot be told from an equal message: a
 * button that was pressed twice. So they are read where the library holds them. A test, {@code
 * status} and the log say so when another version keeps them elsewhere; until then every repeat is
 * a message of its own.
 *
 * @param id the packet identifier
 * @param isRepeat whether it may have been sent before
 */
record PacketFacts(int id, boolean isRepeat) {
    private static final String FLOW = "com.hivemq.client.internal.mqtt.handler.publish.incoming.";
    private static final List<Field> WAY = way();

    /** What is known of the packet that brought this message; empty where that is nothing. */
    static Optional<PacketFacts> of(Mqtt5Publish message) {
        if (message.getQos() == MqttQos.AT_MOST_ONCE || WAY.isEmpty()) return Optional.empty();
        try {
            Object it = message;
            for (var field : WAY) it = field.get(it);
            return it instanceof MqttStatefulPublish packet
                    ? Optional.of(new PacketFacts(packet.getPacketIdentifier(), packet.isDup()))
                    : Optional.empty();
        } catch (IllegalAccessException | RuntimeException _) {
            return Optional.empty(); // not one that a connection has brought
        }
    }

    /** Why repeats are not known, in one line; empty as long as they are. */
    static Optional<String> lack() {
        return WAY.isEmpty()
                ? Optional.of(
                        "the MQTT library hides which messages are repeats, so what a broker sends"
                                + " again after a lost connection starts its SOPs again")
                : Optional.empty();
    }

    /** From a message to its packet; empty when it is another one in this version. */
    private static List<Field> way() {
        try {
            var way = new ArrayList<Field>();
            way.add(MqttPublish.class.getDeclaredField("confirmable"));
            var confirmable = Class.forName(FLOW + "MqttIncomingPublishConfirmable");
            way.add(confirmable.getDeclaredField("publishWithFlows"));
            way.add(way.getLast().getType().getDeclaredField("publish"));
            if (!MqttStatefulPublish.class.isAssignableFrom(way.getLast().getType())) {
                return List.of();
            }
            way.forEach(it -> it.setAccessible(true));
            return List.copyOf(way);
        } catch (ReflectiveOperationException | RuntimeException e) {
            System.getLogger(PacketFacts.class.getName())
                    .log(System.Logger.Level.WARNING, "no packet of a message can be read: " + e);
            return List.of();
        }
    }
}
