package dev.sopwith.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class ScheduleCommandTest {
    @TempDir Path folder;

    private Cli house() {
        return new Cli(folder)
                .file(
                        "sops/backup/SOP.toml",
                        "[sop]",
                        "name = \"backup\"",
                        "description = \"d\"",
                        "[[triggers]]",
                        "type = \"cron\"",
                        "expression = \"0 3 * * *\"",
                        "[[triggers]]",
                        "type = \"cron\"",
                        "expression = \"0 0 0 1 1 ? 2020\"",
                        "catch_up = \"last\"")
                .file("sops/backup/SOP.md", "## Steps", "1. **A**");
    }

    @Test
    void the_next_starts_are_in_order_and_what_never_comes_again_is_told() {
        var answer = house().run("sop", "schedule", "--next", "2");

        assertThat(answer.exit()).isZero();
        assertThat(answer.out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).matches("AT +IN +SOP +EXPRESSION +IF MISSED"),
                        line -> assertThat(line).matches("... ....-..-.. 03:00 UTC .*told"),
                        line -> assertThat(line).contains("03:00 UTC", "backup", "0 3 * * *"),
                        line ->
                                assertThat(line)
                                        .isEqualTo("never again: backup, 0 0 0 1 1 ? 2020"));
    }

    @Test
    void the_zone_is_that_of_the_roster() {
        var answer =
                house().file("roster.yaml", "engine: {timezone: Europe/Berlin}")
                        .run("sop", "schedule", "--json", "--next", "1");

        assertThat(answer.out())
                .contains("\"sop\" : \"backup\"", "\"timezone\" : \"Europe/Berlin\"");
    }

    @Test
    void what_is_broken_or_not_there_is_told() {
        var answer = house().file("sops/zero/SOP.toml", "[sop]").run("sop", "schedule");
        assertThat(answer.err()).contains("zero is broken: what it starts by is not in the table");
        assertThat(house().run("sop", "schedule", "bakcup").err()).contains("backup");
        assertThat(house().run("sop", "schedule", "--next", "0").exit()).isEqualTo(2);
        assertThat(house().file("roster.yaml", "people: 7").run("sop", "schedule").exit())
                .isEqualTo(1);
    }
}
