package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.stream.Collectors.toMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * {@code docs/exit-codes.md} is what the commands say of themselves. After a change: {@code mvn -pl
 * .,engine,bot,hardware,deploy test -Dtest=ExitCodesPageTest -Dsopwith.write}.
 */
class ExitCodesPageTest {
    private static final Path PAGE = Path.of("../docs/exit-codes.md");

    /** What every command may end with, so none names it. */
    private static final Set<Integer> ANY = Set.of(Exit.BUILD, Exit.BUG, Exit.OUTPUT_LOST);

    private static final String TOP =
            """
            # Exit codes

            What a command of `./sopwith` ends with. Made from the commands themselves by a test
            (`ExitCodesPageTest`); `./sopwith COMMAND --help` says the same.

            | code | what it means |
            |---|---|
            """;

    @TempDir private Path folder;

    private CommandLine program() {
        var nowhere = new Screen(new StringWriter(), 0, false);
        return Main.commands(
                new Surroundings(
                        nowhere, nowhere, folder, InstantSource.fixed(Cli.NOW), false, _ -> ""));
    }

    @Test
    void the_page_is_what_the_commands_say() throws IOException {
        var page = new StringBuilder(TOP);
        codes(program())
                .forEach((code, what) -> page.append("| %s | %s |\n".formatted(code, what)));
        var any = ANY.stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
        page.append("\nEvery command may end with %s. The others, by command:\n".formatted(any));
        groups().forEach(
                        (codes, names) -> {
                            page.append("\n%s\n\n".formatted(String.join(", ", names)));
                            codes.forEach(
                                    (code, what) ->
                                            page.append("- %s: %s\n".formatted(code, what)));
                        });
        if (System.getProperty("sopwith.write") != null) Files.writeString(PAGE, page);
        assertThat(PAGE).hasContent(page.toString());
    }

    /** Commands with the same codes, by those. */
    private Map<Map<Integer, String>, List<String>> groups() {
        var groups = new LinkedHashMap<Map<Integer, String>, List<String>>();
        leaves(program(), "")
                .forEach(
                        (name, command) ->
                                groups.computeIfAbsent(codes(command), _ -> new ArrayList<>())
                                        .add("`" + name + "`"));
        return groups;
    }

    @Test
    void every_command_says_with_which_codes_it_ends() throws IllegalAccessException {
        var all = constants();
        assertThat(codes(program()).keySet()).isEqualTo(all);
        for (var leaf : leaves(program(), "").entrySet()) {
            assertThat(codes(leaf.getValue()).keySet())
                    .as(leaf.getKey())
                    .contains(Exit.OK, Exit.WRONG_USE)
                    .isSubsetOf(all)
                    .doesNotContainAnyElementsOf(ANY);
        }
    }

    private static Set<Integer> constants() throws IllegalAccessException {
        var all = new TreeSet<Integer>();
        for (var field : Exit.class.getDeclaredFields()) {
            if (field.getType() == int.class) all.add(field.getInt(null));
        }
        return all;
    }

    private static Map<Integer, String> codes(CommandLine command) {
        return command.getCommandSpec().usageMessage().exitCodeList().entrySet().stream()
                .collect(
                        toMap(
                                it -> Integer.valueOf(it.getKey().strip()),
                                Map.Entry::getValue,
                                (one, _) -> one,
                                TreeMap::new));
    }

    /** The commands that do something, by their words. */
    private static Map<String, CommandLine> leaves(CommandLine command, String words) {
        var leaves = new TreeMap<String, CommandLine>();
        for (var sub : command.getSubcommands().entrySet()) {
            var name = (words + " " + sub.getKey()).strip();
            if (sub.getValue().getSubcommands().isEmpty()) leaves.put(name, sub.getValue());
            else leaves.putAll(leaves(sub.getValue(), name));
        }
        return leaves;
    }
}
