package dev.sopwith.bot.discord;

import dev.sopwith.bot.command.Verb;
import dev.sopwith.engine.chat.Assistant;
import dev.sopwith.engine.chat.Capabilities;
import dev.sopwith.engine.chat.Connector;
import dev.sopwith.engine.chat.ConnectorHealth;
import dev.sopwith.engine.chat.OutboundMessage;
import dev.sopwith.engine.chat.SendResult;
import dev.sopwith.engine.secret.Secret;

import net.dv8tion.jda.api.JDA;
import net.dv8tion.jda.api.events.GenericEvent;
import net.dv8tion.jda.api.events.RawGatewayEvent;
import net.dv8tion.jda.api.events.channel.update.ChannelUpdateArchivedEvent;
import net.dv8tion.jda.api.events.session.ReadyEvent;
import net.dv8tion.jda.api.events.session.SessionRecreateEvent;
import net.dv8tion.jda.api.events.session.ShutdownEvent;
import net.dv8tion.jda.api.exceptions.InvalidTokenException;
import net.dv8tion.jda.api.requests.CloseCode;
import net.dv8tion.jda.api.requests.Route;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A channel of a Discord guild as a room. It connects by itself, for as long as it takes, and holds
 * up nobody meanwhile; a token or an intent that Discord refuses ends it, with the reason in {@link
 * #health}.
 *
 * <p>Threading: safe from any thread; JDA's events come on one thread of their own. Durable:
 * nothing here; Discord keeps what was sent, who subscribes what was heard.
 */
public final class DiscordConnector implements Connector {
    public static final String KIND = "discord";

    private static final Duration CONNECTED_WITHIN = Duration.ofSeconds(2);
    private static final Duration RETRY_MIN = Duration.ofSeconds(1);
    private static final Duration RETRY_MAX = Duration.ofSeconds(60);
    private static final Duration FRESH = Duration.ofMinutes(1);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private static final System.Logger LOG = System.getLogger(DiscordConnector.class.getName());

    private final DiscordSettings settings;
    private final Supplier<Optional<Secret>> token;
    private final Function<String, Set<String>> accounts;
    private final SlashCommands commands;
    private final Consumer<String> announce;
    private final InstantSource clock;
    private final Inbox inbox = new Inbox();
    private final Standing standing = new Standing();
    private final AtomicBoolean isBegun = new AtomicBoolean();
    private final AtomicBoolean isLookingAgain = new AtomicBoolean();
    private final CountDownLatch linked = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    private volatile Optional<Assistant> assistant = Optional.empty();
    private volatile Optional<DiscordSession> session = Optional.empty(); // written under this
    private volatile Optional<DiscordLink> link = Optional.empty();
    private Optional<Thread> connecting = Optional.empty(); // guarded by this

    /**
     * A connector to one channel; connects nothing yet.
     *
     * @param settings of the roster: {@code channel_id}, and for tests {@code base_url} and {@code
     *     gateway_url}
     * @param token asked for whenever it connects
     * @param accounts the Discord ids of a person
     * @param offered what can be said in a room
     * @param announce told who is connected where, what is missing, and why it is over
     * @throws IllegalArgumentException when a setting cannot be used; the message is for people
     */
    public DiscordConnector(
            Map<String, String> settings,
            Supplier<Optional<Secret>> token,
            Function<String, Set<String>> accounts,
            Set<Verb> offered,
            Consumer<String> announce,
            InstantSource clock) {
        this.settings = DiscordSettings.of(settings);
        this.token = token;
        this.accounts = accounts;
        this.commands = new SlashCommands(offered);
        this.announce = announce;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String room() {
        return settings.channel();
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(true, true, true, true, true, true, true, DocumentText.CONTENT_MAX);
    }

    // Connecting

    /** Begins to connect, once; returns at once. */
    public void connect() {
        if (!isBegun.compareAndSet(false, true)) return;
        synchronized (this) {
            connecting =
                    Optional.of(Thread.ofVirtual().name("discord-connect").start(this::keepTrying));
        }
    }

    private void keepTrying() {
        var pause = RETRY_MIN;
        try {
            while (!isLinked() && closed.getCount() > 0 && !standing.isOver()) {
                if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) return;
                pause = longer(pause);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration longer(Duration pause) {
        var twice = pause.multipliedBy(2);
        return twice.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : twice;
    }

    /** Tries once. */
    private boolean isLinked() {
        var secret = token.get();
        if (secret.isEmpty()) {
            end("there is no token; set DISCORD_BOT_TOKEN");
            return true;
        }
        try {
            var opened = DiscordLink.open(settings, secret.get().reveal(), this::happened);
            var _ = session(opened.jda());
            link = Optional.of(opened);
            linked.countDown();
            if (closed.getCount() == 0) opened.close();
            else if (opened.jda().getStatus() == JDA.Status.SHUTDOWN) {
                end("Discord ended the session at once; restart");
            }
            return true;
        } catch (InvalidTokenException | IllegalArgumentException _) {
            end("Discord does not take the token; set a new one (DISCORD_BOT_TOKEN)");
            return true;
        } catch (RuntimeException e) {
            standing.cannotConnect("Discord cannot be reached: " + e.getMessage());
            LOG.log(System.Logger.Level.DEBUG, "could not connect; tries again", e);
            return false;
        }
    }

    private void end(String why) {
        if (!standing.end(why)) return;
        linked.countDown();
        announce.accept("it has ended: " + why);
    }

    /**
     * What talks through this JDA: made by whoever comes first, the first event or who opened it.
     */
    private synchronized DiscordSession session(JDA jda) {
        var known = session.filter(it -> it.jda() == jda);
        if (known.isPresent()) return known.get();
        var made =
                DiscordSession.of(
                        jda,
                        new DiscordSession.Service(
                                settings.channel(),
                                accounts,
                                commands,
                                () -> assistant.orElseGet(InteractionReader::nobody),
                                inbox,
                                this::marked,
                                this::unauthorized,
                                clock));
        session = Optional.of(made);
        return made;
    }

    /**
     * Somebody may be quicker than the store, which does not know yet that the message is a prompt:
     * then marks are looked at once more, a moment later.
     */
    private void marked(String messageId) {
        var sent =
                MessageId.parse(messageId)
                        .map(it -> Snowflake.time(Snowflake.parse(it.message())))
                        .orElse(Instant.EPOCH);
        boolean isFresh = sent.isAfter(clock.instant().minus(FRESH));
        if (assistant.isEmpty() || !isFresh || isOpen(messageId)) return;
        lookSoon();
    }

    /** However often it is asked for: once, a moment later. */
    private void lookSoon() {
        if (!isLookingAgain.compareAndSet(false, true)) return;
        Thread.ofVirtual().name("discord-marks").start(this::lookAgain);
    }

    private void lookAgain() {
        try {
            if (closed.await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) return;
            isLookingAgain.set(false);
            session.ifPresent(this::catchUp);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** The token was good when it connected. */
    private void unauthorized() {
        end("the token was revoked; set a new one (DISCORD_BOT_TOKEN) and restart");
        link.ifPresent(it -> Thread.ofVirtual().start(it::close));
    }

    private void happened(GenericEvent event) {
        switch (event) {
            case RawGatewayEvent it -> {
                standing.heard(clock.instant());
                session(it.getJDA()).listener().hear(it);
                if (session(it.getJDA()).setup().isChangedBy(it, standing.isInTrouble()))
                    lookSoon();
            }
            // What happened in between is told to nobody, so it is asked for.
            case ReadyEvent it -> catchUp(session(it.getJDA()));
            case SessionRecreateEvent it -> catchUp(session(it.getJDA()));
            case ChannelUpdateArchivedEvent it when Boolean.TRUE.equals(it.getNewValue()) ->
                    ArchivedThreads.forget(it.getChannel().asThreadChannel());
            case ShutdownEvent it -> over(it);
            default -> {}
        }
    }

    private void over(ShutdownEvent event) {
        if (closed.getCount() == 0) return;
        // Before it was open, who opens it is told why it is not.
        boolean isOpen = link.isPresent();
        var code = Optional.ofNullable(event.getCloseCode());
        if (code.filter(it -> it == CloseCode.AUTHENTICATION_FAILED).isPresent()) {
            end("the token was revoked; set a new one (DISCORD_BOT_TOKEN) and restart");
        } else if (code.filter(it -> it == CloseCode.DISALLOWED_INTENTS).isPresent()) {
            end("Discord does not allow an intent; see docs/discord.md, then restart");
        } else if (isOpen) {
            end("Discord ended the session (code %d); restart".formatted(event.getCode()));
        }
    }

    /** The channel is looked at first, and then what was missed there comes before what is new. */
    private void catchUp(DiscordSession now) {
        inbox.add(
                position -> {
                    var application = now.jda().getSelfUser().getApplicationId();
                    var seen = now.setup().look(application);
                    if (standing.isNew(seen)) announce.accept(seen.line());
                    if (seen.guild().isEmpty()) return List.of();
                    return new CatchUp(
                                    now.rest(),
                                    seen.guild().get(),
                                    settings.channel(),
                                    now.reader(),
                                    this::open,
                                    clock)
                            .events(position);
                });
    }

    // Sending

    @Override
    public SendResult send(OutboundMessage message) {
        return with(
                it -> {
                    var told =
                            message.answers().flatMap(id -> it.interactions().answer(id, message));
                    return told.orElseGet(() -> it.sender().send(message));
                });
    }

    @Override
    public SendResult update(String messageId, OutboundMessage message) {
        return with(it -> it.sender().update(messageId, message));
    }

    @Override
    public Optional<String> find(OutboundMessage message) {
        return session.flatMap(it -> it.sender().find(message));
    }

    private SendResult with(Function<DiscordSession, SendResult> work) {
        if (closed.getCount() == 0) return SendResult.failed("the connector is closed");
        connect();
        try {
            var _ = linked.await(CONNECTED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return SendResult.failed("interrupted");
        }
        if (standing.isOver()) return SendResult.failed(standing.trouble());
        return session.filter(_ -> link.isPresent())
                .map(work)
                .orElseGet(() -> SendResult.failed(standing.trouble()));
    }

    // Hearing

    @Override
    public void assist(Assistant helper) {
        assistant = Optional.of(helper);
    }

    @Override
    public void unanswered(String eventId) {
        session.ifPresent(it -> it.interactions().unanswered(eventId));
    }

    @Override
    public Subscription subscribe(Optional<String> since, Consumer<Heard> listener) {
        connect();
        var position =
                since.map(it -> Position.parse(it, this::isOpen))
                        .orElseGet(() -> new Position(newest(), this::isOpen));
        var subscription = inbox.subscribe(position, listener);
        session.filter(_ -> health().reachable()).ifPresent(this::catchUp);
        return subscription;
    }

    /** What was written last: who begins to listen hears nothing of before. */
    private long newest() {
        if (session.isEmpty() || !health().reachable()) return 0;
        try {
            var channel =
                    session.get()
                            .rest()
                            .call(Route.Channels.GET_CHANNEL.compile(settings.channel()));
            return Snowflake.parse(channel.getString("last_message_id", "0"));
        } catch (Rest.Failure _) {
            return 0;
        }
    }

    private Set<String> open() {
        return assistant.map(Assistant::open).orElse(Set.of());
    }

    private boolean isOpen(String messageId) {
        return assistant.isEmpty() || open().contains(messageId);
    }

    // Roles

    @Override
    public Set<String> roles(String account) throws Unanswered {
        var now = session.filter(_ -> link.isPresent() && !standing.isOver());
        if (now.isEmpty()) throw new Unanswered(standing.trouble());
        try {
            return now.get().setup().roles(account);
        } catch (Rest.Failure e) {
            throw new Unanswered(String.valueOf(e.getMessage()));
        }
    }

    // How it is

    /** What the role of this application lacks in the channel, for people; empty when nothing. */
    String missing() {
        return session.map(it -> it.setup().missing()).orElse("");
    }

    @Override
    public ConnectorHealth health() {
        if (closed.getCount() > 0) return standing.health(session, link);
        return new ConnectorHealth(false, false, standing.lastSeen(session), "closed");
    }

    @Override
    public void close() {
        if (closed.getCount() == 0) return;
        closed.countDown();
        inbox.close();
        link.ifPresent(DiscordLink::close);
        Optional<Thread> now;
        synchronized (this) {
            now = connecting;
        }
        now.ifPresent(Thread::interrupt);
    }
}
