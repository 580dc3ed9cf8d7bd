package dev.sopwith.bot.desk;

import static dev.sopwith.bot.desk.Declined.no;
import static dev.sopwith.bot.desk.Declined.refused;

import dev.sopwith.bot.room.RunWords;
import dev.sopwith.engine.roster.Identity;
import dev.sopwith.engine.runtime.Engine;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Optional;

/**
 * What people do with the service itself, and what it tells them of themselves.
 *
 * <p>Threading: safe from any thread.
 */
final class ServiceDeeds {
    private final Engine engine;
    private final Rights rights;
    private final LinkCodes links;
    private final InstantSource clock;

    ServiceDeeds(Deeds.Means means) {
        this.engine = means.engine();
        this.rights = means.rights();
        this.links = means.links();
        this.clock = means.clock();
    }

    Result freeze(String reason, Speaker speaker) throws Declined {
        onlyOperator(speaker);
        boolean was = engine.isFrozen();
        engine.freeze(reason, speaker.identity().toString(), clock.instant());
        return Result.ok(
                Result.empty().put("frozen", true),
                was
                        ? "it was frozen already, and stays so for this reason; until: unfreeze"
                        : "frozen: nothing starts and no new step begins, until: unfreeze");
    }

    Result unfreeze(Speaker speaker) throws Declined {
        onlyOperator(speaker);
        boolean was = engine.isFrozen();
        engine.unfreeze(speaker.identity().toString(), clock.instant());
        return Result.ok(
                Result.empty().put("frozen", false),
                was ? "unfrozen: what waited goes on" : "it was not frozen");
    }

    Result clockOk(Speaker speaker) throws Declined {
        onlyOperator(speaker);
        var by = speaker.identity().toString();
        boolean was = engine.trustClock("so says " + by, by, clock.instant());
        var data = Result.empty().put("now", clock.instant().toString());
        return Result.ok(
                data,
                was
                        ? "the clock is trusted again: it is " + RunWords.time(clock.instant())
                        : "the clock was not in doubt");
    }

    private static void onlyOperator(Speaker speaker) throws Declined {
        if (!speaker.isOperator()) {
            throw refused(Optional.empty(), "only the service's own user and root may do that");
        }
    }

    // Who somebody is

    Result whoami(Speaker speaker) {
        var who = new ArrayList<String>();
        rights.owner(speaker.identity()).ifPresent(it -> who.add(it + " in the roster"));
        if (speaker.isOperator()) who.add("the operator of this service");
        var data =
                Result.empty()
                        .put("identity", speaker.identity().toString())
                        .put("person", speaker.person());
        var line = "you are %s: %s".formatted(speaker.identity(), String.join(" and ", who));
        var why = rights.voteRefusal(speaker);
        if (why.isEmpty()) return Result.ok(data, line);
        return Result.ok(data, line, "your yes is " + why.get());
    }

    /** Where others read along, whoever is faster would be whoever was shown it. */
    Result showLink(Speaker speaker) throws Declined {
        if (speaker.surface() == Speaker.Surface.ROOM) {
            throw no(
                    "others read along here, so a code that is shown here proves nothing",
                    "Ask for it on this service's machine (./sopwith link), then say here: link CODE");
        }
        var code = links.show(speaker, clock.instant());
        return Result.ok(
                Result.empty().put("code", code.code()).put("until", code.until().toString()),
                "say with your other account, by %s: link %s"
                        .formatted(RunWords.time(code.until()), code.code()));
    }

    Result link(String code, Speaker speaker) throws Declined {
        var linked = link(code, speaker.identity());
        if (linked.isPresent()) return linked.get();
        throw refused(
                Optional.empty(), "nobody was shown this code, or its time is over", "Say: link");
    }

    /**
     * What is to be written into the roster, when this account brings a code that another one was
     * shown; also for an account that nobody knows. It grants nothing: the file does.
     */
    Optional<Result> link(String code, Identity entered) {
        return links.take(code, clock.instant()).map(it -> linked(it, entered));
    }

    private Result linked(LinkCodes.Shown shown, Identity entered) {
        var owner = rights.owner(entered);
        if (owner.isPresent()) {
            return Result.no(
                    owner.get().equals(shown.person())
                            ? "%s is yours already".formatted(entered)
                            : "%s is another person's in the roster".formatted(entered));
        }
        engine.noteLink(shown.person(), shown.to().toString(), entered.toString(), clock.instant());
        var line = rights.rosterLine(shown.person(), shown.to(), entered);
        return Result.ok(
                Result.empty().put("person", shown.person()).put("roster", line),
                "%s and %s are one person's. It counts once this line is in the roster, under people:"
                        .formatted(shown.to(), entered),
                Prompts.EXACT + line);
    }
}
