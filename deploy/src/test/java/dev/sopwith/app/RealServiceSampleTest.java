package dev.sopwith.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** What the first page of the manual says: the sample, from its start to its end. */
@Timeout(300)
class RealServiceSampleTest {
    private static final Path SAMPLES = Path.of("..", "sops");

    @TempDir private Path folder;
    private RealService service;
    private int port;

    @BeforeEach
    void copySample() throws IOException {
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        service = new RealService(folder).health(port);
        var sample = Files.createDirectories(folder.resolve("sops/deploy-prod"));
        try (var files = Files.list(SAMPLES.resolve("deploy-prod"))) {
            for (var file : files.toList()) {
                var copy = sample.resolve(file.getFileName().toString());
                Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        var text = sample.resolve("SOP.md");
        var mine = Files.readString(text).replace(":8484/", ":" + port + "/");
        Files.writeString(text, mine.replace("./deploy.sh", "TMPDIR='" + folder + "' ./deploy.sh"));
    }

    @AfterEach
    void endService() throws InterruptedException {
        service.close();
    }

    @Test
    void a_deployment_goes_through_gates_request_commands_and_people() throws Exception {
        service.start();
        assertThat(service.log()).contains("health: http://127.0.0.1:%d/health".formatted(port));

        approve(service.ask("run", "deploy-prod", "version=1.4.2").data().path("code").asString());
        RealService.await(() -> !code().isEmpty());
        approve(code());
        RealService.await(() -> state().equals("at person"));
        assertThat(service.ask("done", "R-1", "told", "them").lines().getFirst())
                .isEqualTo("R-1 deploy-prod: completed");

        assertThat(service.ask("log", "R-1").table().toString()).contains("running=1.4.2");
        assertThat(service.cli("audit", "verify").exit()).isZero();
    }

    private void approve(String code) throws Exception {
        assertThat(service.cli("approve", code).exit()).isZero();
    }

    private String code() throws Exception {
        return service.ask("status", "R-1").data().path("code").asString("");
    }

    private String state() throws Exception {
        return service.ask("status", "R-1").data().path("state").asString("");
    }

    @Test
    void where_the_port_is_taken_the_service_runs_and_says_so() throws Exception {
        try (var _ = HealthPage.open(port)) {
            service.start();
            assertThat(service.log())
                    .contains("health: port %d of 127.0.0.1 cannot be used".formatted(port));
            assertThat(service.cli("status").exit()).isZero();
        }
    }
}
