package dev.sopwith.app;

import static dev.sopwith.engine.Peer.require;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the command line says while the real service is there and does nothing at all. */
@Timeout(180)
class RealServiceSilenceTest {
    @TempDir private Path folder;
    private RealService service;

    @BeforeEach
    void start() throws Exception {
        require(Files.isDirectory(Path.of("/proc/self/fd")), "this test needs Linux with /proc");
        service = new RealService(folder);
        service.sop("look", "", "1. **Look** — is it there?\n");
        service.start();
    }

    @AfterEach
    void endService() throws InterruptedException {
        service.close();
    }

    @Test
    void who_waits_is_told_why_and_is_answered_when_it_goes_on() throws Exception {
        signal("STOP");
        var waiting = ask("runs");
        RealService.await(() -> said(waiting).contains("still waiting"));
        signal("CONT");

        assertThat(waiting.process().waitFor()).isZero();
        assertThat(said(waiting))
                .contains(
                        "has not answered for 2 s: process %d is stopped".formatted(service.pid()))
                .contains("no runs yet");
    }

    @Test
    void nobody_waits_for_ever_and_all_learn_whether_it_may_still_be_done() throws Exception {
        var following = ask("run", "look", "--wait");
        RealService.await(() -> said(following).contains("waits for people"));
        signal("STOP");
        var late = ask("run", "look");

        assertThat(following.process().waitFor()).isEqualTo(75);
        assertThat(late.process().waitFor()).isEqualTo(75);
        assertThat(said(following))
                .contains("has not answered for 30 s", "may still be done", "./sopwith runs");
        assertThat(said(late)).contains("It was asked nothing, so nothing is done");
        signal("CONT");
        assertThat(service.cli("runs").text()).contains("R-1").doesNotContain("R-2");
    }

    /** A call of the command line that goes on. */
    private record Call(Process process, Path file) {}

    private Call ask(String... words) throws IOException {
        var file = Files.createTempFile(folder, "said", ".txt");
        var builder = service.command(List.of(words)).redirectOutput(file.toFile());
        return new Call(builder.start(), file);
    }

    private static String said(Call call) throws IOException {
        return Files.readString(call.file());
    }

    private void signal(String name) throws Exception {
        var pid = Long.toString(service.pid());
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
    }
}
