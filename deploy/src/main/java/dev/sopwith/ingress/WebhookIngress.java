package dev.sopwith.ingress;

import dev.sopwith.engine.library.SopSet;
import dev.sopwith.engine.roster.IngressSettings.Address;
import dev.sopwith.engine.roster.IngressSettings.Http;
import dev.sopwith.engine.roster.Roster;
import dev.sopwith.engine.runtime.Engine;
import dev.sopwith.engine.runtime.Overview;
import dev.sopwith.engine.secret.SecretSources;
import dev.sopwith.engine.trigger.TriggerSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Phaser;
import java.util.function.Supplier;

/**
 * Web requests start SOPs: one address for webhooks, and one on which the service can be looked at.
 *
 * <p>Threading: each request on a thread of its own; the rest as {@link TriggerSource} says.
 */
public final class WebhookIngress implements TriggerSource {
    /** What the service answers at its address also where nobody may start anything. */
    private static final String HEALTH = "/health";

    /** Of one address, those that prove nothing and are put on record; others only get a 429. */
    static final int REFUSALS_AT_ONCE = 60;

    private static final int REFUSALS_PER_MINUTE = 6;

    private static final int IPV6_NETWORK_BYTES = 8;

    private final Http settings;
    private final WebhookDesk desk;
    private final Proofs proofs;
    private final Supplier<Roster> roster;
    private final RateLimit rate;
    private final Figures figures;
    private final ObservePage observe;
    private final InstantSource clock;
    private final Phaser handing =
            new Phaser(1); // those that hand a delivery over, and whoever closes
    private volatile boolean isClosed;
    private volatile Optional<HttpListener> webhooks = Optional.empty();
    private volatile Optional<HttpListener> observing = Optional.empty();
    private volatile Optional<Instant> lastDelivery = Optional.empty();

    /**
     * Nobody listens before {@link #start}.
     *
     * @param settings where to listen, as the roster said at the start
     * @param sops as they are now
     * @param roster as it is now
     * @param others sources beside this one, for those who look
     * @param connectors how they are, for those who look
     */
    public WebhookIngress(
            Http settings,
            Engine engine,
            Overview overview,
            Supplier<SopSet> sops,
            Supplier<Roster> roster,
            SecretSources secrets,
            List<TriggerSource> others,
            Supplier<List<ConnectorFigures>> connectors,
            InstantSource clock) {
        this.settings = settings;
        this.roster = roster;
        this.clock = clock;
        this.proofs = new Proofs(secrets, clock);
        var refusals = new RateLimit(REFUSALS_AT_ONCE, REFUSALS_PER_MINUTE, System::nanoTime);
        this.desk = new WebhookDesk(engine, sops, roster, proofs, refusals);
        int rate = settings.requestsPerMinute();
        this.rate = new RateLimit(rate, rate, System::nanoTime);
        var sources = new ArrayList<TriggerSource>(others);
        sources.add(this);
        this.figures = new Figures(overview, () -> List.copyOf(sources), connectors);
        this.observe = new ObservePage(overview, figures, List.copyOf(sources));
    }

    @Override
    public String name() {
        return "webhooks";
    }

    /**
     * Listens from now on.
     *
     * @throws UncheckedIOException when an address cannot be used; nobody listens then
     */
    @Override
    public void start() {
        try {
            observing = Optional.of(HttpListener.open(settings.observe(), observe::answer));
            webhooks = Optional.of(HttpListener.open(settings.listen(), this::measured));
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    /** Where webhooks are served, once it has started. */
    public Optional<Address> address() {
        return webhooks.map(HttpListener::address);
    }

    /** Where health and figures are served, once it has started. */
    public Optional<Address> observeAddress() {
        return observing.map(HttpListener::address);
    }

    @Override
    public Health health() {
        var address = address();
        if (address.isEmpty() || isClosed) return new Health(false, lastDelivery, "not listening");
        int count = desk.paths().count();
        var detail =
                "%d %s at http://%s".formatted(count, count == 1 ? "path" : "paths", address.get());
        var notes = notes();
        return new Health(
                true, lastDelivery, notes.isEmpty() ? detail : detail + "; " + notes.getFirst());
    }

    /** What keeps webhooks from being of use, or safe; each in one line. */
    public List<String> notes() {
        var notes = new ArrayList<String>();
        if (!isLoopback(settings.listen())) {
            notes.add(
                    "webhooks: %s is not of this machine alone: put a proxy with TLS before it"
                            .formatted(settings.listen()));
        }
        var owned = desk.listedOwners();
        var people = roster.get();
        desk.paths()
                .sopsByVariable()
                .forEach(
                        (variable, sops) -> {
                            var names = String.join(", ", sops);
                            var lack = proofs.lack(variable).or(() -> desk.ownerless(variable));
                            lack.ifPresent(
                                    it ->
                                            notes.add(
                                                    "webhooks: %s, so no request starts %s"
                                                            .formatted(it, names)));
                            boolean hasOwners = owned.containsKey(variable);
                            if (lack.isEmpty() && !hasOwners && !people.singleOperator()) {
                                notes.add(
                                        ("webhooks: nobody owns %s (ingress.http.credentials), so"
                                                        + " whoever sends it may approve what it"
                                                        + " starts: %s")
                                                .formatted(variable, names));
                            }
                        });
        return notes;
    }

    private static boolean isLoopback(Address address) {
        try {
            return InetAddress.getByName(address.host()).isLoopbackAddress();
        } catch (IOException _) {
            return false;
        }
    }

    private Reply measured(HttpListener.Incoming request) {
        long begin = System.nanoTime();
        var reply = answer(request);
        figures.answered(reply.status(), Duration.ofNanos(System.nanoTime() - begin));
        return reply;
    }

    private Reply answer(HttpListener.Incoming request) {
        var remote = request.remote();
        var tooMany = rate.take(network(remote));
        if (tooMany.isPresent()) {
            return Reply.of(
                            Problem.TOO_MANY,
                            "one address may send %,d a minute"
                                    .formatted(settings.requestsPerMinute()))
                    .retryAfter(tooMany.get());
        }
        if (request.path().equals(HEALTH) && request.method().equals("GET")) {
            return new Reply(200, "application/json", "{\"status\": \"ok\"}", Optional.empty());
        }
        var nobody = desk.nobodyAt(request.path());
        if (nobody.isPresent()) {
            // A look with a browser is no delivery.
            if (request.method().equals("POST")) {
                desk.noteUnheard(request.path(), remote.getHostAddress(), clock.instant());
            }
            return nobody.get();
        }
        if (!request.method().equals("POST")) {
            return Reply.of(Problem.WRONG_METHOD, "send it with POST");
        }
        try {
            var body = request.body();
            return deliver(
                    new WebhookRequest(
                            request.path(),
                            request.headers(),
                            body,
                            remote.getHostAddress(),
                            remote.isLoopbackAddress(),
                            clock.instant()));
        } catch (Problem.Found e) {
            return e.reply();
        }
    }

    private Reply deliver(WebhookRequest request) {
        if (handing.register() < 0) return stopping();
        try {
            if (isClosed) return stopping();
            var reply = desk.answer(request);
            if (reply.status() == 202) lastDelivery = Optional.of(request.at());
            return reply;
        } finally {
            handing.arriveAndDeregister();
        }
    }

    private static Reply stopping() {
        return Reply.of(Problem.NOT_NOW, "the service is stopping")
                .retryAfter(Duration.ofSeconds(5));
    }

    /** Of an IPv6 address the network: whoever has one address there has all of them. */
    private static String network(InetAddress address) {
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), IPV6_NETWORK_BYTES))
                : address.getHostAddress();
    }

    @Override
    public void close() {
        if (isClosed) return;
        isClosed = true;
        handing.arriveAndAwaitAdvance();
        handing.forceTermination();
        webhooks.ifPresent(HttpListener::close);
        observing.ifPresent(HttpListener::close);
    }
}
