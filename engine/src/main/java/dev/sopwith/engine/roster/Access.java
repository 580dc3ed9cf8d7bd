package dev.sopwith.engine.roster;

import java.util.List;
import java.util.Optional;

/**
 * Who may do what with some SOPs. Names are people, groups or {@code everyone}.
 *
 * @param see besides those who may run or operate
 * @param operate none means those who may run
 */
public record Access(
        SopPattern sops, List<String> see, List<String> run, Optional<List<String>> operate) {
    public Access {
        see = List.copyOf(see);
        run = List.copyOf(run);
        operate = operate.map(List::copyOf);
    }
}
