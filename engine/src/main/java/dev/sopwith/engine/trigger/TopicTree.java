package dev.sopwith.engine.trigger;

import dev.sopwith.engine.expression.MqttFilter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Topic filters by their levels: finds all that match a topic without looking at the others.
 *
 * <p>Filters have up to 32,768 levels, so it walks level by level with a list of the branches that
 * are still possible, and does not recurse. There are never more branches than filters.
 *
 * <p>Threading: filled by one thread, then read by any.
 */
final class TopicTree<T> {
    private final Branch<T> root = new Branch<>();

    void add(MqttFilter filter, T value) {
        var branch = root;
        for (var level : filter.levels()) branch = branch.grown(level);
        branch.values.add(value);
    }

    /**
     * The values of all filters that match this topic, those of one filter together and as they
     * were added; the filters in no particular order.
     */
    List<List<T>> find(String topic) {
        var found = new ArrayList<List<T>>();
        if (!MqttFilter.isTopic(topic)) return found;
        var branches = List.of(root);
        for (int start = 0; start <= topic.length() && !branches.isEmpty(); ) {
            boolean wildcards = start > 0 || !MqttFilter.isReserved(topic);
            if (wildcards) addRests(branches, found);
            int slash = topic.indexOf('/', start);
            int end = slash < 0 ? topic.length() : slash;
            branches = next(branches, topic.substring(start, end), wildcards);
            start = end + 1;
        }
        addRests(branches, found); // a/# also matches a
        for (var branch : branches) branch.addValues(found);
        return found;
    }

    private static <T> List<Branch<T>> next(
            List<Branch<T>> branches, String level, boolean wildcards) {
        var next = new ArrayList<Branch<T>>();
        for (var branch : branches) {
            branch.to(level, next);
            if (wildcards) branch.to(MqttFilter.ONE, next);
        }
        return next;
    }

    private static <T> void addRests(List<Branch<T>> branches, List<List<T>> found) {
        for (var branch : branches) {
            var rests = new ArrayList<Branch<T>>(1);
            branch.to(MqttFilter.REST, rests);
            for (var rest : rests) rest.addValues(found);
        }
    }

    private static final class Branch<T> {
        private final Map<String, Branch<T>> branches = new HashMap<>();
        private final List<T> values = new ArrayList<>();

        Branch<T> grown(String level) {
            return branches.computeIfAbsent(level, _ -> new Branch<>());
        }

        /** Adds the branch of this level, if there is one. A topic's level is never a wildcard. */
        void to(String level, List<Branch<T>> reached) {
            var branch = branches.get(level);
            if (branch != null) reached.add(branch);
        }

        void addValues(List<List<T>> found) {
            if (!values.isEmpty()) found.add(values);
        }
    }
}
