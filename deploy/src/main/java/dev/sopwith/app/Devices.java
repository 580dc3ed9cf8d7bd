package dev.sopwith.app;

import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.IngressSettings;
import dev.sopwith.engine.roster.IngressSettings.Board;
import dev.sopwith.engine.roster.IngressSettings.Broker;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.secret.SecretSources;
import dev.sopwith.engine.sop.Tool;
import dev.sopwith.engine.step.StepRunner;
import dev.sopwith.engine.store.Store;
import dev.sopwith.engine.trigger.Intake;
import dev.sopwith.engine.trigger.TriggerSource;
import dev.sopwith.hardware.gpio.Boards;
import dev.sopwith.hardware.mqtt.MqttRunner;
import dev.sopwith.hardware.mqtt.MqttSource;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What the roster says about brokers and boards, wired: what starts SOPs, and what does steps.
 * Which there are holds from the start on; whose brokers are, at once.
 *
 * <p>Threading: one thread starts and closes it.
 */
final class Devices implements AutoCloseable {
    private final SequencedMap<String, Broker> brokers;
    private final SequencedMap<String, Board> boardSettings;
    private final Supplier<Roster> roster;
    private final Boards boards;
    private final List<MqttSource> messages = new ArrayList<>();
    private final Map<Tool, StepRunner> runners = new HashMap<>();

    /** What the devices work with. */
    record World(
            Intake intake,
            Store store,
            Supplier<SopSet> sops,
            Supplier<Roster> roster,
            SecretSources secrets,
            RandomGenerator random,
            InstantSource clock) {}

    /**
     * Nothing is heard before {@link #start}.
     *
     * @param settings as the roster has them at the start
     */
    Devices(IngressSettings settings, World world) {
        this.brokers = settings.brokers();
        this.boardSettings = settings.boards();
        this.roster = world.roster();
        this.boards = new Boards(settings.boards(), world.intake(), world.sops(), world.clock());
        var standard = settings.standardBroker();
        brokers.forEach(
                (name, broker) ->
                        messages.add(
                                new MqttSource(
                                        name,
                                        broker,
                                        standard.filter(name::equals).isPresent(),
                                        world.intake(),
                                        world.store(),
                                        world.sops(),
                                        world.roster(),
                                        world.secrets(),
                                        world.random(),
                                        world.clock())));
        runners.put(Tool.GPIO, boards.runner());
        runners.put(
                Tool.MQTT, new MqttRunner(() -> world.roster().get().ingress(), world.secrets()));
    }

    /** What does the steps of devices. */
    Map<Tool, StepRunner> runners() {
        return Map.copyOf(runners);
    }

    /** What starts SOPs, each with how it is. */
    List<TriggerSource> sources() {
        var all = new ArrayList<TriggerSource>(messages);
        all.addAll(boards.sources());
        return all;
    }

    /** Whose signals can be looked at and set. */
    Boards boards() {
        return boards;
    }

    void start() {
        messages.forEach(MqttSource::start);
        boards.start();
    }

    /** What keeps devices from being of use, or safe; each in one line. */
    List<String> notes() {
        var notes = new ArrayList<String>();
        messages.forEach(it -> notes.addAll(it.notes()));
        notes.addAll(boards.notes());
        if (!roster.get().ingress().boards().equals(boardSettings)) {
            notes.add("ingress.boards: changed in the roster; needs a restart");
        }
        if (isMoved()) notes.add("ingress.mqtt: changed in the roster; needs a restart");
        return notes;
    }

    private boolean isMoved() {
        var now = roster.get().ingress().brokers();
        if (!List.copyOf(now.keySet()).equals(List.copyOf(brokers.keySet()))) return true;
        return brokers.entrySet().stream()
                .anyMatch(
                        it -> {
                            var there = now.get(it.getKey());
                            var known = it.getValue();
                            return there == null
                                    || !there.toString().equals(known.toString())
                                    || !there.clientId().equals(known.clientId());
                        });
    }

    @Override
    public void close() {
        messages.forEach(MqttSource::close);
        boards.close();
    }
}
