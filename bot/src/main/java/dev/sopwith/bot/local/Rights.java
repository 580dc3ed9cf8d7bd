package dev.sopwith.bot.local;

import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.roster.Right;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.run.Actor;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who a local user is, and what they may do: the service's own user and root everything but vote,
 * all others what the roster says of their login.
 *
 * <p>Threading: safe from any thread.
 */
public final class Rights {
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

    /** Whether somebody is answered at all. */
    boolean admits(Caller caller) {
        return caller.operator() || roster.get().who(Identity.local(caller.login())).isPresent();
    }

    /** The person that votes and answers of this user are counted as. */
    Actor actor(Caller caller) {
        var identity = Identity.local(caller.login());
        var now = roster.get();
        boolean only = now.people().isEmpty() && caller.operator();
        return new Actor(only ? operator : now.actor(identity), identity.toString());
    }

    /** Whether somebody may do this with a SOP. */
    boolean may(Caller caller, Right right, String sop) {
        return caller.operator() || roster.get().may(actor(caller).person(), right, sop);
    }

    /**
     * Why a yes of this user cannot be counted, if it cannot: a step that runs as the service could
     * have said it.
     */
    Optional<String> voteRefusal(Caller caller) {
        var now = roster.get();
        boolean couldBeStep =
                caller.login().equals(operator)
                        && !now.people().isEmpty()
                        && !now.singleOperator()
                        && now.engine().runAs().isEmpty();
        if (!couldBeStep) return Optional.empty();
        return Optional.of(
                "not counted: steps run as local:%s too, so one of them could have said it"
                        .formatted(operator));
    }
}
