package dev.sopwith.engine.trigger;

import dev.sopwith.engine.expression.Condition.Verdict;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the triggers that hear a delivery among those of all procedures, by index: what a delivery
 * costs depends on how many triggers hear it, hardly on how many there are.
 *
 * <p>The index only proposes. Whether a trigger hears a delivery is decided in one place, {@link
 * #hears}, for one trigger as for a thousand.
 *
 * <p>Threading: immutable; a changed set of procedures gets a new matcher.
 */
public final class Matcher {
    private final Map<Source, Map<String, List<Place>>> byTopic = new EnumMap<>(Source.class);
    private final TopicTree<Place> byFilter = new TopicTree<>();

    /** Indexes all triggers of these procedures; the order of the answers is theirs. */
    public Matcher(Collection<Sop> sops) {
        int order = 0;
        for (var sop : sops)
            for (int i = 0; i < sop.triggers().size(); i++)
                index(new Place(sop, i + 1, sop.triggers().get(i), order++));
    }

    private void index(Place place) {
        var sop = place.sop.name();
        switch (place.trigger) {
            case Trigger.Manual _ -> index(Source.MANUAL, sop, place);
            case Trigger.Webhook webhook -> index(Source.WEBHOOK, webhook.path(), place);
            case Trigger.Mqtt mqtt -> byFilter.add(mqtt.topic(), place);
            case Trigger.Schedule _ ->
                    index(Source.CRON, Delivery.cronTopic(sop, place.position), place);
            case Trigger.Peripheral pin -> index(Source.PERIPHERAL, pin.topic(), place);
            case Trigger.Foreign _ -> {} // nothing ever comes from there
        }
    }

    private void index(Source source, String topic, Place place) {
        byTopic.computeIfAbsent(source, _ -> new HashMap<>())
                .computeIfAbsent(topic, _ -> new ArrayList<>())
                .add(place);
    }

    /**
     * The triggers that hear this delivery, in the order of the procedures, matches and near misses
     * alike. A SOP with several triggers may occur several times; it is to start once.
     */
    public List<Match> match(Delivery delivery) {
        var places = places(delivery);
        var matches = new ArrayList<Match>(places.size());
        for (var place : places) {
            var verdict = evaluate(place.trigger, delivery);
            matches.add(new Match(place.sop, place.position, verdict));
        }
        return Collections.unmodifiableList(matches);
    }

    /** Those that hear it, in order. */
    private List<Place> places(Delivery delivery) {
        var groups = new ArrayList<List<Place>>();
        for (var group : proposed(delivery)) {
            // All of a group listen to the same words, so the first one speaks for them.
            if (hears(group.getFirst().trigger, delivery)) groups.add(group);
        }
        if (groups.size() == 1) return groups.getFirst();
        var places = new ArrayList<Place>();
        groups.forEach(places::addAll);
        places.sort(Comparator.comparingInt(Place::order));
        return places;
    }

    private List<List<Place>> proposed(Delivery delivery) {
        if (delivery.source() == Source.MQTT) return byFilter.find(delivery.topic());
        var ofSource = byTopic.getOrDefault(delivery.source(), Map.of());
        var group = ofSource.getOrDefault(delivery.topic(), List.of());
        return group.isEmpty() ? List.of() : List.of(group);
    }

    /**
     * Whether the condition of one trigger holds of a delivery; empty when the trigger does not
     * hear such a delivery at all.
     *
     * <p>A manual trigger and a schedule hear everything of their source: which SOP is meant is not
     * theirs to know. The edge, debouncing, broker and retained flag of a trigger are for the
     * source that makes deliveries.
     */
    public static Optional<Verdict> verdict(Trigger trigger, Delivery delivery) {
        return hears(trigger, delivery)
                ? Optional.of(evaluate(trigger, delivery))
                : Optional.empty();
    }

    private static Verdict evaluate(Trigger trigger, Delivery delivery) {
        var condition = trigger.condition();
        return trigger instanceof Trigger.Peripheral
                ? condition.evaluateSignal(delivery.payload())
                : condition.evaluate(delivery.payload());
    }

    private static boolean hears(Trigger trigger, Delivery delivery) {
        var topic = delivery.topic();
        return switch (trigger) {
            case Trigger.Manual _ -> delivery.source() == Source.MANUAL;
            case Trigger.Webhook webhook ->
                    delivery.source() == Source.WEBHOOK && webhook.path().equals(topic);
            case Trigger.Mqtt mqtt ->
                    delivery.source() == Source.MQTT && mqtt.topic().matches(topic);
            case Trigger.Schedule _ -> delivery.source() == Source.CRON;
            case Trigger.Peripheral pin ->
                    delivery.source() == Source.PERIPHERAL && pin.topic().equals(topic);
            case Trigger.Foreign _ -> false;
        };
    }

    /** Where a trigger stands: in which SOP, there at which position, and in the order of all. */
    private record Place(Sop sop, int position, Trigger trigger, int order) {}
}
