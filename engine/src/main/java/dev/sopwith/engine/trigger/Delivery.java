package dev.sopwith.engine.trigger;

import dev.sopwith.engine.expression.Payload;

/**
 * Something came in that may start procedures.
 *
 * @param topic what it is about, in the words of its source: the name of the SOP asked for, the
 *     path of the request, the topic of the message, {@code board/signal}, or for a scheduled time
 *     {@code name/position} of the trigger; empty when there is none
 * @param payload what it carries; {@link Payload#NONE} when nothing
 */
public record Delivery(Source source, String topic, Payload payload) {

    /**
     * The topic of a scheduled time. The names of SOPs contain no slash, so it is unambiguous.
     *
     * @param position of the trigger in its SOP, from 1
     */
    public static String cronTopic(String sop, int position) {
        return sop + "/" + position;
    }
}
