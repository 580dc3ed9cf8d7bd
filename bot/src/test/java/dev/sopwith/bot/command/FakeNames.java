package dev.sopwith.bot.command;

import dev.sopwith.engine.run.RunId;
import dev.sopwith.engine.sop.Input;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Names as a test sets them; none at first. */
final class FakeNames implements Names {
    List<String> sops = List.of();
    List<RunId> runs = List.of();
    List<String> codes = List.of();
    Map<String, List<Input>> inputs = Map.of();
    SortedMap<Integer, String> steps = new TreeMap<>();

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
    public List<String> codes(Verb verb) {
        return codes;
    }

    @Override
    public SortedMap<Integer, String> steps(RunId run) {
        return steps;
    }

    @Override
    public boolean isOpen(String code) {
        return codes.contains(code);
    }
}
