package dev.sopwith.bot.desk;

import static dev.sopwith.bot.desk.Declined.ASK;
import static dev.sopwith.bot.desk.Declined.no;
import static dev.sopwith.bot.desk.Declined.refused;
import static dev.sopwith.bot.desk.Declined.wrong;

import dev.sopwith.bot.command.Command;
import dev.sopwith.engine.expression.Payload;
import dev.sopwith.engine.expression.Words;
import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.Right;
import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.runtime.Planner;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.sop.Input;
import dev.sopwith.engine.sop.Sop;
import dev.sopwith.engine.sop.Trigger;
import dev.sopwith.engine.sop.Trigger.Credential;
import dev.sopwith.engine.trigger.Arrival;
import dev.sopwith.engine.trigger.Delivery;
import dev.sopwith.engine.trigger.InputValues;
import dev.sopwith.engine.trigger.Matcher;
import dev.sopwith.engine.trigger.Outcome;
import dev.sopwith.engine.trigger.Source;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What people do with SOPs: start them, look at them, pause them.
 *
 * <p>Threading: safe from any thread.
 */
final class SopDeeds {
    private final Engine engine;
    private final Supplier<SopSet> sops;
    private final Rights rights;
    private final Overview overview;
    private final Planner planner;
    private final Reports reports;
    private final SopReports sopReports;
    private final InstantSource clock;

    SopDeeds(Deeds.Means means) {
        this.engine = means.engine();
        this.sops = means.installation().sops();
        this.rights = means.rights();
        this.overview = means.overview();
        this.planner = means.planner();
        this.reports = means.reports();
        this.sopReports = means.sopReports();
        this.clock = means.clock();
    }

    // Starting

    /** The secret inputs that are to be asked for before this start, where nobody reads along. */
    List<String> secretsOf(Command.Run command, Speaker speaker) {
        if (!rights.may(speaker, Right.RUN, command.sop())) return List.of();
        var sop = sops.get().find(command.sop()).map(SopSet.Loaded::sop);
        return sop.stream()
                .flatMap(it -> it.inputs().stream())
                .filter(it -> it.secret() && !command.inputs().containsKey(it.name()))
                .map(Input::name)
                .toList();
    }

    /** Starts a SOP; what became of the delivery. */
    Outcome start(Command.Run command, Map<String, Secret> secrets, Speaker speaker)
            throws Declined {
        var outcome = deliver(command, secrets, speaker);
        if (outcome.kind() == Outcome.Kind.NO_MATCH) {
            throw no(
                    command.sop() + " cannot be started by hand",
                    "Add to its SOP.toml: [[triggers]] type = \"manual\"");
        }
        return outcome;
    }

    private Outcome deliver(Command.Run command, Map<String, Secret> secrets, Speaker speaker)
            throws Declined {
        var sop = sop(command.sop(), speaker).sop();
        if (!rights.may(speaker, Right.RUN, sop.name())) throw mayNotStart(sop, speaker);
        var given = inputs(sop, command.inputs(), secrets, speaker.surface());
        return engine.deliver(arrival(sop, given, speaker)).getFirst();
    }

    /** On record before anything they gave is looked at. */
    private Declined mayNotStart(Sop sop, Speaker speaker) {
        var refused =
                engine.refuse(
                        sop,
                        speaker.identity().toString(),
                        mayNotRun(sop, speaker).detail(),
                        arrival(sop, Map.of(), speaker));
        return rights.may(speaker, Right.SEE, sop.name())
                ? no(sop.name() + ": " + refused, ASK)
                : noSop(sop.name(), speaker);
    }

    /** What is told of a start, with how its run stands now. */
    Result result(Outcome outcome) {
        var sop = outcome.sop();
        var data = Result.empty().put("sop", sop).put("outcome", outcome.kind().word());
        data.put("detail", outcome.detail());
        if (outcome.run().isPresent()) {
            var id = new RunId(outcome.run().getAsLong());
            return reports.of(id, data.put("run", id.toString()));
        }
        boolean waits =
                outcome.kind() == Outcome.Kind.QUEUED || outcome.kind() == Outcome.Kind.COALESCED;
        return new Result(
                waits ? Result.Kind.OK : Result.Kind.NO,
                List.of(sop + ": " + outcome, hint(outcome)),
                List.of(),
                data);
    }

    private Arrival arrival(Sop sop, Map<String, String> given, Speaker speaker) {
        return new Arrival(
                new Delivery(Source.MANUAL, sop.name(), Payload.NONE),
                Optional.empty(),
                given,
                Set.of(speaker.person()),
                true,
                "asked by " + speaker.named(),
                clock.instant());
    }

    private String hint(Outcome outcome) {
        return switch (outcome.kind()) {
            case FROZEN ->
                    overview.frozen().isPresent()
                            ? "Nothing starts until: unfreeze"
                            : "Nothing starts it until: unpause " + outcome.sop();
            case QUEUED, COALESCED -> "What becomes of it: why " + outcome.sop();
            default -> "The last deliveries: why " + outcome.sop();
        };
    }

    private SopSet.Loaded sop(String name, Speaker speaker) throws Declined {
        var found = sops.get().find(name);
        if (found.isPresent()) return found.get();
        if (broken(name).isPresent()) {
            throw wrong(
                    name + " is broken and cannot run", "See what is wrong: sop validate " + name);
        }
        throw noSop(name, speaker);
    }

    /** A folder that cannot be used as it is, by its name or its SOP's. */
    private Optional<SopSet.Broken> broken(String name) {
        return sops.get().broken().stream()
                .filter(
                        it ->
                                it.folder().equals(name)
                                        || it.name().filter(name::equals).isPresent())
                .findFirst();
    }

    private Declined noSop(String name, Speaker speaker) {
        var names =
                sops.get().runnable().stream()
                        .map(it -> it.sop().name())
                        .filter(it -> rights.may(speaker, Right.SEE, it))
                        .toList();
        if (names.isEmpty()) return wrong("there is no SOP here that can run");
        return wrong("there is no SOP " + name + "; " + Words.meant(name, names));
    }

    private static Map<String, String> inputs(
            Sop sop, Map<String, String> said, Map<String, Secret> secrets, Speaker.Surface surface)
            throws Declined {
        refuseSecrets(sop, said, surface);
        var given = new HashMap<>(said);
        secrets.forEach((name, value) -> given.put(name, value.reveal()));
        var problems = InputValues.of(sop, given).problems();
        if (problems.isEmpty()) return given;
        var lines = new ArrayList<String>();
        lines.add(sop.name() + " was not started:");
        problems.forEach(problem -> lines.add("  " + problem));
        lines.add("Write: run " + sop.name() + usage(sop));
        throw wrong(lines.toArray(String[]::new));
    }

    private static void refuseSecrets(Sop sop, Map<String, String> said, Speaker.Surface surface)
            throws Declined {
        for (var input : sop.inputs()) {
            if (!input.secret() || !said.containsKey(input.name())) continue;
            throw wrong(
                    input.name()
                            + (surface == Speaker.Surface.ROOM
                                    ? " is secret and is not taken from a room: others read along,"
                                            + " and the network keeps it"
                                    : " is secret and is not taken from the command line: it would"
                                            + " stay in the shell's history and in the list of"
                                            + " processes"),
                    "If this was the real one, change it. Nothing was started or kept; ./sopwith"
                            + " chat asks for it without showing it: run "
                            + sop.name());
        }
    }

    private static String usage(Sop sop) {
        var usage = new StringBuilder();
        for (var input : sop.inputs()) if (!input.secret()) usage.append(usage(input));
        return usage.toString();
    }

    private static String usage(Input input) {
        var value = input.choices().isEmpty() ? "..." : String.join("|", input.choices());
        boolean needed = input.required() && input.defaultValue().isEmpty();
        return (needed ? " %s=%s" : " [%s=%s]").formatted(input.name(), value);
    }

    // Looking

    Result show(String name, Speaker speaker) throws Declined {
        var broken = broken(name);
        var seen = seen(name, broken, speaker);
        if (seen.isEmpty()) return sopReports.broken(broken.orElseThrow());
        return sopReports.show(seen.get(), broken);
    }

    /** Nothing of it is kept, and nobody else hears of it. */
    Result plan(Command.Plan said, Speaker speaker) throws Declined {
        var broken = broken(said.sop());
        var seen = seen(said.sop(), broken, speaker);
        if (seen.isEmpty()) return sopReports.broken(broken.orElseThrow());
        var sop = seen.get().sop();
        refuseSecrets(sop, said.inputs(), speaker.surface());
        var plan = planner.plan(seen.get(), arrival(sop, said.inputs(), speaker));
        var refusal =
                rights.may(speaker, Right.RUN, sop.name())
                        ? Optional.<Outcome>empty()
                        : Optional.of(mayNotRun(sop, speaker));
        return sopReports.plan(seen.get(), plan, refusal, Set.of(speaker.person()));
    }

    /**
     * What would come of a delivery, to the SOPs that whoever asks may see. Nothing of it is kept.
     * It is taken as proved by everybody who could prove it.
     */
    Result test(Command.TestTrigger said, Speaker speaker) throws Declined {
        var delivery = new Delivery(said.source(), topic(said), Payload.of(said.payload()));
        var credentials =
                sops.get().runnable().stream()
                        .flatMap(it -> it.sop().triggers().stream())
                        .filter(it -> Matcher.verdict(it, delivery).isPresent())
                        .flatMap(SopDeeds::credential)
                        .collect(Collectors.toSet());
        var owners = rights.owners(credentials);
        var arrival =
                new Arrival(
                                delivery,
                                Optional.empty(),
                                Map.of(),
                                owners,
                                false,
                                "only tried",
                                clock.instant())
                        .proving(credentials);
        var heard =
                planner.hear(arrival).stream()
                        .filter(it -> rights.may(speaker, Right.SEE, it.plan().sop().name()))
                        .toList();
        if (heard.isEmpty()) throw nobodyHears(delivery, speaker);
        return sopReports.test(delivery, heard, owners);
    }

    private static Stream<Credential> credential(Trigger trigger) {
        return trigger instanceof Trigger.Webhook it ? Stream.of(it.credential()) : Stream.empty();
    }

    /** Of a schedule the name alone is enough, where the SOP has only one. */
    private String topic(Command.TestTrigger said) {
        if (said.source() != Source.CRON || said.topic().contains("/")) return said.topic();
        var sop = sops.get().find(said.topic());
        if (sop.isEmpty()) return said.topic();
        var triggers = sop.get().sop().triggers();
        for (int i = 0; i < triggers.size(); i++) {
            if (triggers.get(i) instanceof Trigger.Schedule) {
                return Delivery.cronTopic(said.topic(), i + 1);
            }
        }
        return said.topic();
    }

    private Declined nobodyHears(Delivery delivery, Speaker speaker) {
        var known =
                sops.get().runnable().stream()
                        .filter(it -> rights.may(speaker, Right.SEE, it.sop().name()))
                        .flatMap(it -> topics(it.sop(), delivery.source()))
                        .distinct()
                        .sorted()
                        .toList();
        var what = delivery.source().name().toLowerCase(Locale.ROOT) + " " + delivery.topic();
        var hint =
                known.isEmpty()
                        ? "No SOP that you may see has such a trigger."
                        : Words.suggestion(delivery.topic(), known)
                                .map(it -> "Did you mean: " + it)
                                .orElse("There are: " + String.join(", ", known));
        return no("no SOP hears " + what, hint);
    }

    private static Stream<String> topics(Sop sop, Source source) {
        var topics = new ArrayList<String>();
        for (int i = 0; i < sop.triggers().size(); i++) {
            var topic =
                    switch (sop.triggers().get(i)) {
                        case Trigger.Webhook it when source == Source.WEBHOOK -> it.path();
                        case Trigger.Mqtt it when source == Source.MQTT -> it.topic().text();
                        case Trigger.Schedule _ when source == Source.CRON ->
                                Delivery.cronTopic(sop.name(), i + 1);
                        case Trigger.Peripheral it when source == Source.PERIPHERAL -> it.topic();
                        default -> "";
                    };
            if (!topic.isEmpty()) topics.add(topic);
        }
        return topics.stream();
    }

    private static Outcome mayNotRun(Sop sop, Speaker speaker) {
        return Outcome.of(
                sop.name(), Outcome.Kind.NOT_ALLOWED, speaker.identity() + " may not run it");
    }

    /** A SOP that somebody may see, as it runs; empty when it is broken and never did. */
    private Optional<SopSet.Loaded> seen(
            String name, Optional<SopSet.Broken> broken, Speaker speaker) throws Declined {
        var loaded = sops.get().find(name).or(() -> broken.flatMap(SopSet.Entry::runnable));
        var real =
                loaded.map(it -> it.sop().name())
                        .or(() -> broken.map(it -> it.name().orElse(it.folder())));
        if (real.isEmpty() || !rights.may(speaker, Right.SEE, real.get())) {
            throw noSop(name, speaker);
        }
        return loaded;
    }

    Result why(String name, Speaker speaker) throws Declined {
        if (!rights.may(speaker, Right.SEE, name)) throw mayNot("see", name);
        var answer = reports.why(name, sops.get().find(name).map(SopSet.Loaded::sop));
        // Only of a name that nothing is known about: it may have been removed since.
        boolean isKnown = !answer.table().isEmpty() || overview.paused().containsKey(name);
        if (!isKnown) sop(name, speaker);
        return answer;
    }

    // Pausing

    Result pause(String named, Speaker speaker) throws Declined {
        var sop = mayPause(named, speaker);
        boolean isNew = engine.pause(sop, speaker.identity().toString(), clock.instant());
        var data = Result.empty().put("sop", sop).put("paused", true);
        if (!isNew) return Result.ok(data, "%s was %s".formatted(sop, overview.paused().get(sop)));
        var going = overview.active().stream().filter(it -> it.name().equals(sop)).toList();
        return Result.ok(
                data,
                "%s is paused: nothing starts it until: unpause %s".formatted(sop, sop),
                going.isEmpty()
                        ? "What waits for its turn goes on waiting."
                        : "What waits for its turn goes on waiting; what has begun goes on: "
                                + going.stream()
                                        .map(it -> it.id().toString())
                                        .collect(Collectors.joining(", ")));
    }

    Result unpause(String named, Speaker speaker) throws Declined {
        // Of one that has gone since: the pause is still there.
        boolean isThere =
                overview.paused().containsKey(named) && rights.may(speaker, Right.SEE, named);
        var sop = isThere ? named : mayPause(named, speaker);
        if (!rights.may(speaker, Right.OPERATE, sop)) throw mayNot("unpause", sop);
        boolean was = engine.unpause(sop, speaker.identity().toString(), clock.instant());
        return Result.ok(
                Result.empty().put("sop", sop).put("paused", false),
                was ? sop + " may start again; what waited does" : sop + " was not paused");
    }

    /** The name of a SOP that somebody may pause. */
    private String mayPause(String named, Speaker speaker) throws Declined {
        var sop = sops.get().find(named).map(it -> it.sop().name());
        if (sop.isEmpty()) sop = broken(named).flatMap(SopSet.Broken::name);
        if (sop.isEmpty() && broken(named).isPresent()) {
            throw wrong(named + " is broken and says no name: nothing can start it");
        }
        var name = sop.orElse(named);
        if (sop.isEmpty() || !rights.may(speaker, Right.SEE, name)) throw noSop(named, speaker);
        if (!rights.may(speaker, Right.OPERATE, name)) throw mayNot("pause", name);
        return name;
    }

    private static Declined mayNot(String verb, String sop) {
        return refused(Optional.empty(), "you may not %s %s".formatted(verb, sop), ASK);
    }
}
