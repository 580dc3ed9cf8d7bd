package dev.sopwith.bot.discord;

import dev.sopwith.bot.command.Verb;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorConfig;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.secret.SecretSources;

import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Makes connectors of kind {@code discord}. The token of one is {@code DISCORD_BOT_TOKEN_} and its
 * name in the roster, else {@code DISCORD_BOT_TOKEN}.
 *
 * <p>Threading: immutable.
 */
public final class DiscordConnectors {
    /** Where the token is, if there is none for this very connector. */
    static final String TOKEN = "DISCORD_BOT_TOKEN";

    private final SecretSources secrets;
    private final Function<String, Set<String>> accounts;
    private final Set<Verb> offered;
    private final Consumer<String> announce;
    private final InstantSource clock;

    /**
     * @param accounts the Discord ids of a person of the roster
     * @param offered what can be said in a room
     * @param announce told who is connected where, and what is missing there, in one line
     */
    public DiscordConnectors(
            SecretSources secrets,
            Function<String, Set<String>> accounts,
            Set<Verb> offered,
            Consumer<String> announce,
            InstantSource clock) {
        this.secrets = secrets;
        this.accounts = accounts;
        this.offered = EnumSet.copyOf(offered);
        this.announce = announce;
        this.clock = clock;
    }

    /**
     * Makes one; it connects when somebody listens.
     *
     * @throws IllegalArgumentException when a setting cannot be used; the message is for people
     */
    public Connector create(ConnectorConfig config) {
        return new DiscordConnector(
                config.settings(),
                () -> token(config.name()),
                accounts,
                offered,
                line -> announce.accept("connector " + config.name() + ": " + line),
                clock);
    }

    private Optional<Secret> token(String connector) {
        var own = connector.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        return secrets.find(TOKEN + "_" + own).or(() -> secrets.find(TOKEN));
    }
}
