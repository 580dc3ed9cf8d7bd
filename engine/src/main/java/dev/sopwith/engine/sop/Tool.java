package dev.sopwith.engine.sop;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The tools that can run a fenced block. Names of tools and languages of fences are aliases of each
 * other: {@code tools: sh} and a {@code shell} fence belong together (FORMAT §5).
 */
public enum Tool {
    SHELL("shell", "sh", "bash"),
    HTTP("http_request", "http"),
    MQTT("mqtt_publish", "mqtt"),
    GPIO("gpio_write", "gpio"),
    /** A tool that the step names but nothing here can run. */
    OTHER;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<String> names;

    Tool(String... names) {
        this.names = List.of(names);
    }

    public List<String> names() {
        return names;
    }

    /** The tool of this name or fence language, if it is one that can run here. */
    public static Optional<Tool> of(String name) {
        var wanted = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values()).filter(tool -> tool.names.contains(wanted)).findFirst();
    }

    /** Whether two names mean the same tool. */
    public static boolean same(String one, String other) {
        var tool = of(one);
        return tool.isPresent() ? tool.equals(of(other)) : one.equalsIgnoreCase(other);
    }
}
