package dev.sopwith.app;

import dev.sopwith.bot.local.Answer;
import dev.sopwith.bot.local.LocalClient;
import dev.sopwith.engine.run.Outcome;
import dev.sopwith.engine.run.RunEvent;
import dev.sopwith.engine.run.RunId;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * People who start runs of one SOP and answer whatever waits for them, at random, and who remember
 * what they were told: an answer that came is a promise, one that did not come may mean anything.
 *
 * <p>Threading: safe from any thread.
 */
final class People {
    /** Runs that have not ended, before nobody starts another. */
    private static final int OPEN_MAX = 10;

    private final String sop;
    private final AtomicInteger lastId = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private final Set<String> started = ConcurrentHashMap.newKeySet();
    private final Map<Long, ConcurrentLinkedQueue<Promise>> promises = new ConcurrentHashMap<>();
    private final Set<Long> noes = ConcurrentHashMap.newKeySet();
    private final Map<Long, Integer> retries = new ConcurrentHashMap<>();

    People(String sop) {
        this.sop = sop;
    }

    /** What a run's record must hold, because it was answered. */
    record Promise(String words, Predicate<RunEvent> fact) {}

    /** How often anything was answered with yes. */
    int answers() {
        return answers.get();
    }

    /** Inputs {@code id} of all starts that were answered. */
    Set<String> started() {
        return Set.copyOf(started);
    }

    List<Promise> promises(long run) {
        return List.copyOf(promises.getOrDefault(run, new ConcurrentLinkedQueue<>()));
    }

    /** Whether anybody said a word that ends this run, answered or not. */
    boolean saidNo(long run) {
        return noes.contains(run);
    }

    /** How often anybody said that a step in doubt is to be done again, answered or not. */
    int retries(long run) {
        return retries.getOrDefault(run, 0);
    }

    /** One person: does something, again and again, until the service hangs up. */
    void driveUntilHungUp(RealService service, SplittableRandom random) {
        try (var client = service.connect()) {
            while (true) act(client, random);
        } catch (IOException e) {
            // Killed: what was asked last has no answer.
        } catch (LocalClient.Refused e) {
            throw new AssertionError(e);
        }
    }

    private void act(LocalClient client, SplittableRandom random)
            throws IOException, LocalClient.Refused {
        int open = ask(client, "status").data().path("runs").size();
        if (random.nextInt(OPEN_MAX) >= open) start(client);
        var waiting = waiting(client);
        if (!waiting.isEmpty()) answer(client, waiting.get(random.nextInt(waiting.size())), random);
    }

    /** Answers all that waits with yes. */
    void answerAll(LocalClient client) throws IOException, LocalClient.Refused {
        for (var one : waiting(client)) yes(client, one);
    }

    private static List<JsonNode> waiting(LocalClient client)
            throws IOException, LocalClient.Refused {
        return List.copyOf(ask(client, "pending").data().path("pending").values());
    }

    private void start(LocalClient client) throws IOException, LocalClient.Refused {
        var id = "i" + lastId.incrementAndGet();
        if (!isYes(ask(client, "run", sop, "id=" + id))) return;
        started.add(id);
        answers.incrementAndGet();
    }

    private void answer(LocalClient client, JsonNode waiting, SplittableRandom random)
            throws IOException, LocalClient.Refused {
        switch (random.nextInt(12)) {
            case 0 -> cancel(client, waiting);
            case 1 -> deny(client, waiting);
            default -> yes(client, waiting);
        }
    }

    private void cancel(LocalClient client, JsonNode waiting)
            throws IOException, LocalClient.Refused {
        noes.add(run(waiting));
        tell(client, waiting, People::isCancelled, "cancel", text(waiting, "run"));
    }

    private void deny(LocalClient client, JsonNode waiting)
            throws IOException, LocalClient.Refused {
        if (!waiting.has("code")) return;
        noes.add(run(waiting));
        tell(client, waiting, RunEvent.GateDenied.class::isInstance, "deny", text(waiting, "code"));
    }

    private void yes(LocalClient client, JsonNode waiting) throws IOException, LocalClient.Refused {
        var run = text(waiting, "run");
        switch (text(waiting, "state")) {
            case "at gate" ->
                    tell(
                            client,
                            waiting,
                            RunEvent.GateCleared.class::isInstance,
                            "approve",
                            text(waiting, "code"));
            case "at person" ->
                    tell(client, waiting, RunEvent.PersonAnswered.class::isInstance, "done", run);
            case "in doubt" -> {
                retries.merge(run(waiting), 1, Integer::sum);
                tell(client, waiting, RunEvent.DoubtSettled.class::isInstance, "retry", run);
            }
            default -> throw new AssertionError("nothing to say to " + waiting);
        }
    }

    private void tell(
            LocalClient client, JsonNode waiting, Predicate<RunEvent> fact, String... words)
            throws IOException, LocalClient.Refused {
        if (!isYes(ask(client, words))) return;
        promises.computeIfAbsent(run(waiting), _ -> new ConcurrentLinkedQueue<>())
                .add(new Promise(String.join(" ", words), fact));
        answers.incrementAndGet();
    }

    /** The run ends so at once, or when the step it is at has ended. */
    private static boolean isCancelled(RunEvent event) {
        return switch (event) {
            case RunEvent.StopRequested it -> it.outcome() == Outcome.CANCELLED;
            case RunEvent.RunFinished it -> it.outcome() == Outcome.CANCELLED;
            default -> false;
        };
    }

    private static Answer ask(LocalClient client, String... words)
            throws IOException, LocalClient.Refused {
        return client.ask(RealService.request(words), _ -> {});
    }

    private static boolean isYes(Answer answer) {
        return answer.status() == Answer.Status.OK;
    }

    private static String text(JsonNode waiting, String name) {
        return waiting.path(name).asString("");
    }

    private static long run(JsonNode waiting) {
        return RunId.parse(text(waiting, "run")).orElseThrow().number();
    }
}
