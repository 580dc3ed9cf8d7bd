package dev.sopwith.engine.chat;

/** The fake keeps what all connectors promise: else tests with it would prove nothing. */
final class FakeConnectorTest extends ConnectorContract {
    @Override
    protected Network create() {
        return new FakeNetwork();
    }
}
