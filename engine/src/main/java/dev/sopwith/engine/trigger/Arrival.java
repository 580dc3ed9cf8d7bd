package dev.sopwith.engine.trigger;

import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.sop.Trigger.Credential;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A delivery as it came in: with who is behind it and how its source tells it from others.
 *
 * @param key the source's own id of it, such as a message id; two of one key within a day are one
 * @param given inputs that were written by hand; none where triggers copy them from the payload
 * @param initiators persons behind it: who asked, who owns the credential it came with
 * @param byPerson whether a person asked for it: such a delivery is never folded into another
 * @param cause what it is, in words, such as {@code asked by alice}
 * @param at when it was received
 * @param proven what was proved about who sent it; a webhook hears nothing else
 * @param channel by which way it came; empty where nothing is known of it
 * @param mark what its source keeps of it
 */
public record Arrival(
        Delivery delivery,
        Optional<String> key,
        Map<String, String> given,
        Set<String> initiators,
        boolean byPerson,
        String cause,
        Instant at,
        Set<Credential> proven,
        Optional<Channel> channel,
        Optional<Mark> mark) {

    /**
     * What a source has to know of a delivery after a crash: kept as a setting of the node, in the
     * very commit that takes the delivery in. Not kept when the queue was full: then it comes
     * again.
     */
    public record Mark(String name, String value) {}

    public Arrival {
        given = Map.copyOf(given);
        initiators = Set.copyOf(initiators);
        proven = Set.copyOf(proven);
    }

    /** One about whose sender nothing was proved. */
    public Arrival(
            Delivery delivery,
            Optional<String> key,
            Map<String, String> given,
            Set<String> initiators,
            boolean byPerson,
            String cause,
            Instant at) {
        this(
                delivery,
                key,
                given,
                initiators,
                byPerson,
                cause,
                at,
                Set.of(),
                Optional.empty(),
                Optional.empty());
    }

    /** The same, from a sender who has proved these. */
    public Arrival proving(Set<Credential> proven) {
        return new Arrival(
                delivery, key, given, initiators, byPerson, cause, at, proven, channel, mark);
    }

    /** The same, come by this way. */
    public Arrival by(Channel channel) {
        return new Arrival(
                delivery,
                key,
                given,
                initiators,
                byPerson,
                cause,
                at,
                proven,
                Optional.of(channel),
                mark);
    }

    /** The same, of which its source keeps this. */
    public Arrival marked(Mark mark) {
        return new Arrival(
                delivery,
                key,
                given,
                initiators,
                byPerson,
                cause,
                at,
                proven,
                channel,
                Optional.of(mark));
    }

    /**
     * Whether it may start a SOP by this trigger: each webhook asks for its own proof, and each
     * message and signal is for those of its way.
     */
    public boolean mayStartBy(Trigger trigger) {
        boolean isProven =
                !(trigger instanceof Trigger.Webhook webhook)
                        || proven.contains(webhook.credential());
        return isProven && channel.filter(it -> !it.isFor(trigger)).isEmpty();
    }

    /** Whether this trigger hears it and leaves it out, as it does with retained messages. */
    public boolean isLeftOutBy(Trigger trigger) {
        return channel.filter(it -> it.isLeftOut(trigger)).isPresent();
    }
}
