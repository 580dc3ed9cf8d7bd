package dev.sopwith.engine.roster;

import dev.sopwith.engine.sop.ExecutionMode;
import dev.sopwith.engine.sop.Priority;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who is who and who may do what, as one roster.yaml says (FORMAT §8, APPROVALS §1). Answers from
 * memory; the questions about gates are {@link GateRules}'.
 *
 * @param digest SHA-256 of the file, as hex; of no file, empty
 * @param sopsDir where the SOPs are, if the roster says so; beside it
 * @param singleOperator whether people may approve runs they started
 * @param connectors at least one, in the order of the file
 * @param groups with names of people
 * @param access the first that fits a SOP holds for it
 * @param floors all that fit a SOP hold for it
 * @param routes the first that fits a SOP holds for it
 */
public record Roster(
        String digest,
        Optional<String> sopsDir,
        boolean singleOperator,
        List<ConnectorSettings> connectors,
        SortedMap<String, Person> people,
        Map<String, List<String>> groups,
        List<Access> access,
        Map<String, Policy> policies,
        List<Floor> floors,
        List<Route> routes,
        Map<String, SecretGrant> secrets,
        EngineSettings engine,
        IngressSettings ingress) {
    /** The group of all people; no other may be called so. */
    public static final String EVERYONE = "everyone";

    /** What holds without a roster: nobody is in it. */
    public static final Roster NONE =
            new Roster(
                    "",
                    Optional.empty(),
                    true,
                    List.of(ConnectorSettings.STANDARD),
                    Collections.emptySortedMap(),
                    Map.of(),
                    List.of(),
                    Map.of(),
                    List.of(),
                    List.of(),
                    Map.of(),
                    EngineSettings.STANDARD,
                    IngressSettings.NONE);

    public Roster {
        connectors = List.copyOf(connectors);
        people = Collections.unmodifiableSortedMap(new TreeMap<>(people));
        groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
        access = List.copyOf(access);
        policies = Collections.unmodifiableMap(new LinkedHashMap<>(policies));
        floors = List.copyOf(floors);
        routes = List.copyOf(routes);
        secrets = Collections.unmodifiableMap(new LinkedHashMap<>(secrets));
    }

    /**
     * The same, but never without people: where it names none, the service's own user is the only
     * person there is, and so decides on runs of their own as well.
     */
    public Roster withOperator(String login) {
        if (!people.isEmpty()) return this;
        var operator = Person.of(login, Set.of(Identity.local(login)));
        var all = new ArrayList<>(access);
        var everything = new SopPattern("*");
        all.add(new Access(everything, List.of(), List.of(EVERYONE), Optional.empty()));
        return new Roster(
                digest,
                sopsDir,
                true,
                connectors,
                new TreeMap<>(Map.of(login, operator)),
                groups,
                all,
                policies,
                floors,
                routes,
                secrets,
                engine,
                ingress);
    }

    /** Whose account this is; nobody's when it is a stranger's. */
    public Optional<Person> who(Identity identity) {
        return people.values().stream()
                .filter(person -> person.identities().contains(identity))
                .findFirst();
    }

    /**
     * The person behind an account, by name; a stranger's account stands for itself, which no
     * person can be called.
     */
    public String actor(Identity identity) {
        return who(identity).map(Person::name).orElseGet(identity::toString);
    }

    /** The people behind names of people and groups; a name that means nobody adds nobody. */
    public SortedSet<String> persons(Collection<String> names) {
        SortedSet<String> persons = new TreeSet<>();
        for (var name : names) {
            if (name.equals(EVERYONE)) persons.addAll(people.keySet());
            else if (people.containsKey(name)) persons.add(name);
            else persons.addAll(groups.getOrDefault(name, List.of()));
        }
        return persons;
    }

    /** Whether people of this group count for what cannot be undone only by a role as well. */
    public boolean isByRole(String group) {
        return !group.equals(EVERYONE)
                && groups.containsKey(group)
                && connectors.stream().anyMatch(it -> it.roles().containsValue(group));
    }

    /** Who may run a SOP, as the roster names them: people and groups. */
    List<String> runners(String sop) {
        return access.stream()
                .filter(it -> it.sops().fits(sop))
                .findFirst()
                .map(Access::run)
                .orElse(List.of());
    }

    /** The people who may do this with a SOP. */
    public SortedSet<String> allowed(Right right, String sop) {
        var rule = access.stream().filter(it -> it.sops().fits(sop)).findFirst();
        if (rule.isEmpty()) return new TreeSet<>();
        var run = persons(rule.get().run());
        var operate = rule.get().operate().map(this::persons).orElse(run);
        return switch (right) {
            case RUN -> run;
            case OPERATE -> operate;
            case SEE -> {
                var see = persons(rule.get().see());
                see.addAll(run);
                see.addAll(operate);
                yield see;
            }
        };
    }

    /** Whether this person may do this with a SOP. */
    public boolean may(String person, Right right, String sop) {
        return allowed(right, sop).contains(person);
    }

    /** A SOP's own priority, or the highest that a floor demands of it. */
    public Priority priority(String sop, Priority own) {
        var highest = own;
        for (var floor : floorsOf(sop)) {
            var wanted = floor.priority().orElse(highest);
            if (wanted.rank() > highest.rank()) highest = wanted;
        }
        return highest;
    }

    /** A SOP's own mode, or the one that a floor demands where that asks more. */
    public ExecutionMode mode(String sop, ExecutionMode own) {
        var mode = own;
        for (var floor : floorsOf(sop)) {
            if (floor.mode().isPresent()) mode = Floor.higher(mode, floor.mode().get());
        }
        return mode;
    }

    /** Everything that a SOP cannot go below. */
    List<Floor> floorsOf(String sop) {
        return floors.stream().filter(it -> it.sops().fits(sop)).toList();
    }

    /** Whether steps of this SOP may be given the secret of this name. */
    public boolean grants(String secret, String sop) {
        var grant = secrets.get(secret);
        return grant != null && grant.sops().stream().anyMatch(it -> it.fits(sop));
    }

    /** The connectors that show a SOP: those of the first route that fits, else all. */
    public List<ConnectorSettings> route(String sop) {
        return routes.stream()
                .filter(it -> it.sops().fits(sop))
                .findFirst()
                .map(it -> connectors.stream().filter(c -> it.to().contains(c.name())).toList())
                .orElse(connectors);
    }
}
