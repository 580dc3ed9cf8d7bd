package dev.sopwith.engine.sop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

final class SopFilesTest {

    @Test
    void the_digest_is_the_documented_one() {
        // Computed with Python's hashlib from the description of digest().
        var files =
                new SopFiles(
                        Map.of(
                                "SOP.toml", file("[sop]\nname = \"a\"\n", false),
                                "bin/prüf.sh", file("true\n", true)));
        assertThat(files.digest())
                .isEqualTo("1bf59b324bd0196dd6ee99b9e0ec388dcb4350a54321df53a62751089eecbdab");
        assertThat(files.totalBytes()).isEqualTo(22);
    }

    @Test
    void the_order_of_the_files_is_no_matter() {
        var forwards = new LinkedHashMap<String, SopFiles.File>();
        forwards.put("a", file("1", false));
        forwards.put("b", file("2", false));
        var backwards = new LinkedHashMap<String, SopFiles.File>();
        backwards.put("b", file("2", false));
        backwards.put("a", file("1", false));
        assertThat(new SopFiles(backwards)).isEqualTo(new SopFiles(forwards));
        assertThat(new SopFiles(backwards).files().firstKey()).isEqualTo("a");
    }

    @Test
    void content_path_mode_and_the_border_between_files_count() {
        var plain = new SopFiles(Map.of("a", file("bc", false)));
        assertThat(new SopFiles(Map.of("a", file("bd", false)))).isNotEqualTo(plain);
        assertThat(new SopFiles(Map.of("b", file("bc", false)))).isNotEqualTo(plain);
        assertThat(new SopFiles(Map.of("a", file("bc", true)))).isNotEqualTo(plain);
        assertThat(new SopFiles(Map.of("ab", file("c", false)))).isNotEqualTo(plain);
        assertThat(new SopFiles(Map.of("a", file("bc", false), "b", file("", false))))
                .isNotEqualTo(plain);
    }

    @Test
    void the_files_are_a_copy() {
        var given = new LinkedHashMap<String, SopFiles.File>();
        var files = new SopFiles(given);
        given.put("late", file("", false));
        assertThat(files.files()).isEmpty();
        assertThatThrownBy(() -> files.files().clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", "./a", "a/."})
    void a_path_that_leads_out_of_the_folder_is_refused(String path) {
        assertThatThrownBy(() -> new SopFiles(Map.of(path, file("", false))))
                .hasMessageContaining("'" + path + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SOP.md~",
                ".SOP.md.swp",
                ".a.swx",
                ".swp.swo",
                "#SOP.md#",
                ".#SOP.md",
                "4913",
                ".DS_Store"
            })
    void what_editors_leave_behind_is_known(String name) {
        assertThat(SopFiles.isEditorDropping(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SOP.md", "#", "# notes", "notes #", ".swp", "a.swp", ".env", "49130", "~a", ".swap"
            })
    void what_an_author_wrote_is_no_dropping(String name) {
        assertThat(SopFiles.isEditorDropping(name)).isFalse();
    }

    private static SopFiles.File file(String content, boolean executable) {
        return new SopFiles.File(content.getBytes(StandardCharsets.UTF_8), executable);
    }
}
