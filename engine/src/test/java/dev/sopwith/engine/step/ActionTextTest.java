package dev.sopwith.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What people read before they say yes. */
final class ActionTextTest {
    @Test
    void a_command_is_shown_as_it_stands_because_it_is_never_filled_in() {
        assertThat(ActionText.of(Orders.sh("rm -rf \"$SOP_INPUT_V\"\n").input("v", "x").order()))
                .isEqualTo("rm -rf \"$SOP_INPUT_V\"\n");
    }

    @Test
    void a_request_is_shown_as_it_is_sent_but_for_its_secrets() {
        var order =
                Orders.http(
                                """
                                POST https://api.example.org/v/${inputs.v}
                                Content-Type: application/json
                                Authorization: Bearer ${secrets.token}

                                {"v": "${inputs.v}"}""")
                        .input("v", "a/b \"c\"")
                        .secret("token", "hunter2hunter2")
                        .order();
        assertThat(ActionText.of(order))
                .isEqualTo(
                        """
                        POST https://api.example.org/v/a%2Fb%20%22c%22
                        Content-Type: application/json
                        Authorization: Bearer ***

                        {"v": "a/b \\"c\\""}""");
    }

    @Test
    void a_request_that_cannot_be_sent_says_so_before_anybody_approves_it() {
        var order = Orders.http("GET https://api.example.org/${inputs.v}").input("v", "..").order();
        assertThat(ActionText.of(order))
                .startsWith("GET https://api.example.org/${inputs.v}\n\n(cannot be sent: ");
    }
}
