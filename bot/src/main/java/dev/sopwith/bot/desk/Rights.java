package dev.sopwith.bot.desk;

import dev.sopwith.bot.desk.Speaker.Surface;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.roster.Person;
import dev.sopwith.engine.roster.Right;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.sop.Trigger.Credential;

import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Who somebody is, and what they may do: the service's own user and root everything but vote, all
 * others what the roster says of their account.
 *
 * <p>Threading: safe from any thread.
 */
public final class Rights {
    private static final String LOCAL = Identity.local("").network();

    private final Supplier<Roster> roster;
    private final String operator;

    /**
     * Rights by the roster as it is at each moment.
     *
     * @param roster as it is in the file
     * @param operator login of the service's own user
     */
    public Rights(Supplier<Roster> roster, String operator) {
        this.roster = roster;
        this.operator = operator;
    }

    /** A user of this machine; empty when they are not answered at all. */
    public Optional<Speaker> local(String login, boolean isOperator) {
        var identity = Identity.local(login);
        if (!isOperator && roster.get().who(identity).isEmpty()) return Optional.empty();
        return Optional.of(speaker(identity, isOperator, Surface.SOCKET));
    }

    /** Whoever has this account in a room; empty when it is a stranger's. */
    public Optional<Speaker> inRoom(Identity identity) {
        if (roster.get().who(identity).isPresent()) {
            return Optional.of(speaker(identity, isOperator(identity), Surface.ROOM));
        }
        return isOperator(identity)
                ? Optional.of(speaker(identity, true, Surface.ROOM))
                : Optional.empty();
    }

    private boolean isOperator(Identity identity) {
        return identity.network().equals(LOCAL) && identity.id().equals(operator);
    }

    private Speaker speaker(Identity identity, boolean isOperator, Surface surface) {
        var now = roster.get();
        boolean only = now.people().isEmpty() && isOperator;
        return new Speaker(identity, only ? operator : now.actor(identity), isOperator, surface);
    }

    /** Whose account this is, by name. */
    Optional<String> owner(Identity identity) {
        return roster.get().who(identity).map(Person::name);
    }

    /** The people who own what a request may prove. */
    Set<String> owners(Set<Credential> credentials) {
        var now = roster.get();
        var owners = new TreeSet<String>();
        for (var it : credentials) {
            var listed = now.ingress().http().map(http -> http.owners().get(it.variable()));
            listed.ifPresent(names -> owners.addAll(now.persons(names)));
        }
        return owners;
    }

    /** How the roster names a person with one more account. */
    String rosterLine(String person, Identity known, Identity more) {
        var accounts = new TreeSet<Identity>();
        Optional.ofNullable(roster.get().people().get(person))
                .ifPresent(it -> accounts.addAll(it.identities()));
        accounts.add(known);
        accounts.add(more);
        var byNetwork = new TreeMap<String, List<String>>();
        for (var it : accounts) {
            byNetwork.computeIfAbsent(it.network(), _ -> new ArrayList<>()).add(quoted(it.id()));
        }
        return "%s: {%s}"
                .formatted(
                        person,
                        byNetwork.entrySet().stream()
                                .map(it -> it.getKey() + ": " + it.getValue())
                                .collect(Collectors.joining(", ")));
    }

    /** YAML reads what JSON writes. */
    private static String quoted(String text) {
        return JsonMapper.shared().writeValueAsString(text);
    }

    /** Whether somebody may do this with a SOP. */
    boolean may(Speaker speaker, Right right, String sop) {
        return speaker.isOperator() || roster.get().may(speaker.person(), right, sop);
    }

    /**
     * Why a yes of this user cannot be counted, if it cannot: a step that runs as the service could
     * have said it.
     */
    Optional<String> voteRefusal(Speaker speaker) {
        var now = roster.get();
        boolean couldBeStep =
                isOperator(speaker.identity())
                        && !now.people().isEmpty()
                        && !now.singleOperator()
                        && now.engine().runAs().isEmpty();
        if (!couldBeStep) return Optional.empty();
        return Optional.of(
                "not counted: steps run as local:%s too, so one of them could have said it"
                        .formatted(operator));
    }
}
