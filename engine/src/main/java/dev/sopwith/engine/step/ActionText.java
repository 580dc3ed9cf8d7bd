package dev.sopwith.engine.step;

import dev.sopwith.engine.sop.Tool;

/**
 * Exactly what an order does, as people who approve it read it: the text of the command, or the
 * request with all values in it. Secrets are masked.
 */
public final class ActionText {
    private ActionText() {}

    public static String of(StepOrder order) {
        var text = order.block().tool() == Tool.HTTP ? request(order) : order.block().text();
        return order.masker().mask(text);
    }

    private static String request(StepOrder order) {
        try {
            return text(HttpRequestText.of(order));
        } catch (HttpRequestText.Refused e) {
            // It will fail with the same words when it is to run.
            return "%s\n\n(cannot be sent: %s)".formatted(order.block().text(), e.getMessage());
        }
    }

    private static String text(HttpRequestText request) {
        var text = new StringBuilder();
        text.append(request.method()).append(' ').append(request.url());
        for (var header : request.headers()) {
            text.append('\n').append(header.name()).append(": ").append(header.value());
        }
        if (!request.body().isEmpty()) text.append("\n\n").append(request.body());
        return text.toString();
    }
}
