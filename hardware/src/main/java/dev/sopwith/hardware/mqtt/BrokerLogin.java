package dev.sopwith.hardware.mqtt;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttClientTransportConfig;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuth;

import dev.sopwith.engine.roster.IngressSettings;
import dev.sopwith.engine.roster.IngressSettings.Broker;
import dev.sopwith.engine.secret.Secret;
import dev.sopwith.engine.secret.SecretSources;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * How the service reaches a broker and shows who it is. User, password, certificates and key come
 * from where secrets come from: {@code MQTT_NAME_USER}, {@code _PASSWORD}, {@code _CA}, {@code
 * _CERT}, {@code _KEY}; read for each connection, so that they can be replaced.
 *
 * <p>Threading: safe from any thread.
 */
final class BrokerLogin {
    private static final long CONNECT_SECONDS = 10;
    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);

    private final String variables;
    private final Broker broker;
    private final SecretSources secrets;

    BrokerLogin(String name, Broker broker, SecretSources secrets) {
        this.variables = IngressSettings.brokerVariables(name);
        this.broker = broker;
        this.secrets = secrets;
    }

    /** What was given cannot be used; says which variable, and why. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;

        Unusable(String message) {
            super(message, null, false, false);
        }
    }

    /** A client that is not connected yet, for one connection. */
    Mqtt5ClientBuilder client(String id) throws Unusable {
        var transport =
                MqttClientTransportConfig.builder()
                        .serverHost(broker.address().host())
                        .serverPort(broker.address().port())
                        .socketConnectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                        .mqttConnectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS);
        if (broker.secure()) transport = transport.sslConfig(tls());
        var builder =
                MqttClient.builder()
                        .useMqttVersion5()
                        .identifier(id)
                        .transportConfig(transport.build());
        var user = secrets.find(variables + "USER");
        var password = secrets.find(variables + "PASSWORD");
        if (password.isPresent() && user.isEmpty()) {
            throw new Unusable(
                    "%sPASSWORD is set and %sUSER is not".formatted(variables, variables));
        }
        if (user.isEmpty()) return builder;
        var login = Mqtt5SimpleAuth.builder().username(user.get().reveal());
        if (password.isEmpty()) return builder.simpleAuth(login.build());
        var bytes = password.get().reveal().getBytes(StandardCharsets.UTF_8);
        return builder.simpleAuth(login.password(bytes).build());
    }

    /** What keeps a login from being as safe as it looks. */
    Optional<String> note() {
        boolean isOpen = !broker.secure() && secrets.find(variables + "PASSWORD").isPresent();
        boolean isHere = List.of("127.0.0.1", "::1", "localhost").contains(broker.address().host());
        return isOpen && !isHere
                ? Optional.of("the password goes over the network unencrypted: use mqtts://")
                : Optional.empty();
    }

    private MqttClientSslConfig tls() throws Unusable {
        var builder = MqttClientSslConfig.builder();
        var authority = secrets.find(variables + "CA");
        if (authority.isPresent()) {
            builder = builder.trustManagerFactory(trust(authority.get()));
        }
        var certificate = secrets.find(variables + "CERT");
        var key = secrets.find(variables + "KEY");
        if (certificate.isPresent() != key.isPresent()) {
            throw new Unusable(
                    "%sCERT and %sKEY belong together, and one is missing"
                            .formatted(variables, variables));
        }
        if (certificate.isPresent()) {
            builder = builder.keyManagerFactory(identity(certificate.get(), key.orElseThrow()));
        }
        return builder.build();
    }

    private TrustManagerFactory trust(Secret pem) throws Unusable {
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (var it : certificates(variables + "CA", pem)) {
                store.setCertificateEntry("ca" + number++, it);
            }
            var factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new Unusable("%sCA cannot be used: %s".formatted(variables, e.getMessage()));
        }
    }

    private KeyManagerFactory identity(Secret certificate, Secret key) throws Unusable {
        try {
            var chain = certificates(variables + "CERT", certificate).toArray(Certificate[]::new);
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            var inMemory = new char[0];
            store.setKeyEntry("own", privateKey(key, chain[0]), inMemory, chain);
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, inMemory);
            return factory;
        } catch (GeneralSecurityException | IOException e) {
            throw new Unusable(
                    "%sCERT and %sKEY cannot be used: %s"
                            .formatted(variables, variables, e.getMessage()));
        }
    }

    private static List<Certificate> certificates(String variable, Secret pem) throws Unusable {
        try {
            var bytes = pem.reveal().getBytes(StandardCharsets.US_ASCII);
            var all =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(bytes));
            if (all.isEmpty()) throw new Unusable(variable + " holds no certificate (PEM)");
            return List.copyOf(all);
        } catch (GeneralSecurityException _) {
            throw new Unusable(variable + " holds no certificate (PEM)");
        }
    }

    private PrivateKey privateKey(Secret pem, Certificate certificate)
            throws Unusable, GeneralSecurityException {
        var text = KEY.matcher(pem.reveal());
        if (!text.find()) {
            throw new Unusable(
                    ("%sKEY holds no key that begins with BEGIN PRIVATE KEY; openssl pkcs8 -topk8"
                                    + " -nocrypt makes one of others")
                            .formatted(variables));
        }
        try {
            var bytes = Base64.getMimeDecoder().decode(text.group(1));
            return KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
                    .generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (IllegalArgumentException | InvalidKeySpecException _) {
            throw new Unusable(
                    "%sKEY is no key of the certificate in %sCERT".formatted(variables, variables));
        }
    }
}
