package dev.sopwith.bot.command;

import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.sop.Input;

import java.util.List;
import java.util.Map;

/** Names as a test sets them; none at first. */
final class FakeNames implements Names {
    List<String> sops = List.of();
    List<RunId> runs = List.of();
    List<String> codes = List.of();
    Map<String, List<Input>> inputs = Map.of();

    @Override
    public List<String> sops() {
        return sops;
    }

    @Override
    public List<Input> inputs(String sop) {
        return inputs.getOrDefault(sop, List.of());
    }

    @Override
    public List<RunId> runs(Verb verb) {
        return runs;
    }

    @Override
    public List<String> codes() {
        return codes;
    }
}
