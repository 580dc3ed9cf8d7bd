/**
 * MQTT: messages start SOPs ({@link MqttSource}), and steps publish messages ({@link MqttRunner}).
 * What the library knows of packets ends here. A message is acknowledged after the commit of what
 * came of it; decides nothing.
 */
@NullMarked
package dev.sopwith.hardware.mqtt;

import org.jspecify.annotations.NullMarked;
