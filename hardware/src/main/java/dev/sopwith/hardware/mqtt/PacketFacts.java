package dev.sopwith.hardware.mqtt;

import com.hivemq.client.internal.mqtt.message.publish.MqttStatefulPublish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;

import java.lang.reflect.Field;
import java.util.Optional;

/**
 * What a PUBLISH packet says beside its message: its identifier, and whether the broker sends it
 * once more. The library keeps both to itself (1.4.1), and without them a repeat cannot be told
 * from an equal message: a button that was pressed twice. A test says so when another version keeps
 * them elsewhere; until then every repeat is a message of its own.
 *
 * @param id the packet identifier
 * @param isRepeat whether it may have been sent before
 */
record PacketFacts(int id, boolean isRepeat) {

    /** What is known of the packet that brought this message; empty where that is nothing. */
    static Optional<PacketFacts> of(Mqtt5Publish message) {
        try {
            var confirmable = read(message, "confirmable");
            var flows = read(confirmable, "publishWithFlows");
            return read(flows, "publish") instanceof MqttStatefulPublish it
                    ? Optional.of(new PacketFacts(it.getPacketIdentifier(), it.isDup()))
                    : Optional.empty();
        } catch (ReflectiveOperationException | RuntimeException _) {
            return Optional.empty(); // such as a message of QoS 0, which has neither
        }
    }

    private static Object read(Object owner, String name) throws ReflectiveOperationException {
        for (Class<?> type = owner.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!field.getName().equals(name)) continue;
                field.setAccessible(true);
                return field.get(owner);
            }
        }
        throw new NoSuchFieldException(name);
    }
}
