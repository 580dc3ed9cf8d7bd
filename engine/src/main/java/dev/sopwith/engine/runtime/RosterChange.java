package dev.sopwith.engine.runtime;

import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.store.Node.ConfigRow;
import dev.sopwith.engine.store.Tx;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Another roster: on record with both digests, and every gate that it changes is asked anew. What
 * held before is kept in the store, so that a change while the service was down is one too.
 *
 * <p>Threading: inside a {@link dev.sopwith.engine.store.Store.Work}.
 */
final class RosterChange {
    private static final String SETTING = "roster";
    private static final String KIND = "config";
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final Tx tx;
    private final RunDesk runs;

    RosterChange(Tx tx, RunDesk runs) {
        this.tx = tx;
        this.runs = runs;
    }

    /**
     * What is kept of a roster.
     *
     * @param people to their accounts
     */
    private record Known(String digest, Map<String, String> people) {
        static final Known NOTHING = new Known("", Map.of());

        static Known of(Roster roster) {
            var people = new TreeMap<String, String>();
            roster.people().forEach((name, person) -> people.put(name, accounts(person)));
            return new Known(roster.digest(), people);
        }

        private static String accounts(dev.sopwith.engine.roster.Person person) {
            return person.identities().stream()
                    .map(Identity::toString)
                    .collect(Collectors.joining(" "));
        }

        static Known read(String json) {
            try {
                return MAPPER.readValue(json, Known.class);
            } catch (JacksonException e) {
                throw new IllegalStateException("the store's roster cannot be read", e);
            }
        }
    }

    boolean adopt(Roster roster, String by, Instant at) {
        var before = tx.node().setting(SETTING).map(Known::read).orElse(Known.NOTHING);
        var now = Known.of(roster);
        // The digest alone would miss another operator where nobody is named.
        if (before.equals(now)) return false;
        if (!before.digest().equals(now.digest())) {
            tx.node().add(new ConfigRow(at.toEpochMilli(), now.digest(), "", by));
            tx.trail()
                    .append(
                            at.toEpochMilli(),
                            KIND,
                            Json.object(
                                    "roster_before", before.digest(),
                                    "roster", now.digest(),
                                    "by", by));
        }
        tx.node().set(SETTING, MAPPER.writeValueAsString(now));
        var changed = changed(before.people(), now.people());
        for (var run : tx.runs().active()) runs.revise(tx, run, changed, at);
        return true;
    }

    /** People who were there and still are, with other accounts. */
    private static Set<String> changed(Map<String, String> before, Map<String, String> now) {
        var changed = new TreeSet<String>();
        now.forEach(
                (name, accounts) -> {
                    var old = Optional.ofNullable(before.get(name));
                    if (old.isPresent() && !Objects.equals(old.get(), accounts)) changed.add(name);
                });
        return changed;
    }
}
