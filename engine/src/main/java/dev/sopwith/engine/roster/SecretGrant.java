package dev.sopwith.engine.roster;

import java.util.List;

/** Which SOPs may be given the secret of this name; its value is kept elsewhere. */
public record SecretGrant(String name, List<SopPattern> sops) {
    public SecretGrant {
        sops = List.copyOf(sops);
    }
}
