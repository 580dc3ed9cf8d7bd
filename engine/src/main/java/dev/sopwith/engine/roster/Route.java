package dev.sopwith.engine.roster;

import java.util.List;

/** Which connectors, by name, show some SOPs. */
public record Route(SopPattern sops, List<String> to) {
    public Route {
        to = List.copyOf(to);
    }
}
