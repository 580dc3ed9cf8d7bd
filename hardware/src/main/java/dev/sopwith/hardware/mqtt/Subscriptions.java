package dev.sopwith.hardware.mqtt;

import dev.sopwith.engine.expression.MqttFilter;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.sop.Trigger;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What a broker is asked for, so that all triggers of it hear what they want. A filter that another
 * one covers is left out: some brokers send a message once for each filter it fits.
 *
 * <p>Threading: immutable.
 *
 * @param byFilter the quality of service, by the text of the filter
 */
record Subscriptions(NavigableMap<String, Integer> byFilter) {
    Subscriptions {
        byFilter = Collections.unmodifiableNavigableMap(new TreeMap<>(byFilter));
    }

    /**
     * What the triggers of these SOPs want from a broker.
     *
     * @param isStandard whether it is that of triggers which name none
     */
    static Subscriptions of(SopSet sops, String broker, boolean isStandard) {
        var wanted = new ArrayList<Trigger.Mqtt>();
        for (var loaded : sops.runnable()) {
            for (var trigger : loaded.sop().triggers()) {
                if (trigger instanceof Trigger.Mqtt it
                        && it.broker().map(broker::equals).orElse(isStandard)) {
                    wanted.add(it);
                }
            }
        }
        return of(wanted);
    }

    private static Subscriptions of(List<Trigger.Mqtt> wanted) {
        var qos = new HashMap<MqttFilter, Integer>();
        wanted.forEach(it -> qos.merge(it.topic(), it.qos(), Math::max));
        var kept = new TreeMap<String, Integer>();
        qos.forEach(
                (filter, own) -> {
                    for (var other : qos.keySet()) {
                        if (!other.equals(filter) && covers(other, filter)) return;
                    }
                    kept.merge(filter.text(), greatest(filter, own, qos), Math::max);
                });
        return new Subscriptions(kept);
    }

    private static int greatest(MqttFilter filter, int own, Map<MqttFilter, Integer> qos) {
        int greatest = own;
        for (var it : qos.entrySet()) {
            if (covers(filter, it.getKey())) greatest = Math.max(greatest, it.getValue());
        }
        return greatest;
    }

    /** Whether every topic that fits the second filter fits the first one too. */
    static boolean covers(MqttFilter wide, MqttFilter narrow) {
        var first = narrow.levels().getFirst();
        boolean isReserved = MqttFilter.isReserved(first);
        if (isReserved && isWildcard(wide.levels().getFirst())) return false;
        var of = wide.levels();
        var by = narrow.levels();
        for (int i = 0; i < of.size(); i++) {
            if (of.get(i).equals(MqttFilter.REST)) return true;
            if (i >= by.size() || by.get(i).equals(MqttFilter.REST)) return false;
            if (!of.get(i).equals(MqttFilter.ONE) && !of.get(i).equals(by.get(i))) return false;
        }
        return of.size() == by.size();
    }

    private static boolean isWildcard(String level) {
        return level.equals(MqttFilter.ONE) || level.equals(MqttFilter.REST);
    }
}
