package dev.sopwith.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sopwith.engine.audit.Audit;
import dev.sopwith.engine.store.SqliteStore;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;

/** What a version before this one stored goes on under this one. */
final class OlderStoreTest {
    private static final Pattern STATEMENT_END = Pattern.compile(";\\n");

    @TempDir private Path folder;

    @BeforeEach
    void a_store_with_three_migrations() throws IOException, SQLException {
        var place = Files.createDirectory(folder.resolve("store"));
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx------"));
        var file = place.resolve("sopwith.db");
        try (var in = Objects.requireNonNull(getClass().getResourceAsStream("/stores/003.sql"));
                var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement()) {
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (var each : STATEMENT_END.split(text, 0)) statement.execute(each);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void its_runs_come_due_when_their_states_say_and_the_record_is_whole() {
        try (var store = open()) {
            assertThat(due(store)).as("nobody has asked yet").containsExactly(1L, 2L, 3L);
            var house = new House(folder, store);
            try (var deadlines = new Deadlines(house.engine(), house.clock)) {
                assertThat(due(store)).as("R-3 has no limit").containsExactly(2L, 1L);
                assertThat(StoredStates.problem(store)).isEmpty();
                assertThat(new Audit(store).verify().finding()).isEmpty();
                deadlines.prepare();
                assertThat(house.phase(2)).isEqualTo("AtPerson");
                house.now = House.BEGINNING.plusSeconds(60);
                deadlines.pass();
                assertThat(house.phase(2)).isEqualTo("TIMED_OUT");
                house.now = House.BEGINNING.plus(Duration.ofDays(300));
                deadlines.pass();
                assertThat(house.phase(1)).isEqualTo("DENIED");
                assertThat(house.phase(3)).isEqualTo("AtPerson");
                assertThat(house.phase(4)).isEqualTo("CANCELLED");
            }
        }
    }

    @Test
    void it_is_asked_only_once() {
        try (var store = open()) {
            new House(folder, store).engine();
            var before = due(store);
            new House(folder, store).engine();
            assertThat(due(store)).isEqualTo(before);
        }
        try (var store = open()) {
            assertThat(StoredStates.problem(store)).isEmpty();
        }
    }

    private static List<Long> due(SqliteStore store) {
        return store.read(it -> it.runs().dueBy(Long.MAX_VALUE));
    }

    private SqliteStore open() {
        return SqliteStore.open(folder.resolve("store"), new Random(1), _ -> {});
    }
}
