package dev.sopwith.engine.step;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** A service that is there to be killed: runs the script it is given and waits for it. */
final class ShellService {
    private ShellService() {}

    static ShellRunner runner(Path state) {
        return new ShellRunner(state, "e1", Set.of(), Duration.ofSeconds(1));
    }

    /** {@code STATE GATE SCRIPT} */
    public static void main(String[] args) throws InterruptedException {
        var order = Orders.sh(args[2]).input("gate", args[1]).order();
        System.out.println(runner(Path.of(args[0])).run(order));
    }
}
