package dev.sopwith.bot.discord;

import dev.sopwith.engine.chat.Assistant.Field;
import dev.sopwith.engine.chat.Document.Ask;
import dev.sopwith.engine.chat.Document.Control;

import net.dv8tion.jda.api.utils.data.DataArray;
import net.dv8tion.jda.api.utils.data.DataObject;

import java.util.List;

/** What is sent, as Discord's documents describe it. Pure. */
final class Payloads {
    private static final int SUPPRESS_EMBEDS = 1 << 2;
    private static final int EPHEMERAL = 1 << 6;
    private static final int SUPPRESS_NOTIFICATIONS = 1 << 12;

    private static final int ROW = 1;
    private static final int BUTTON = 2;
    private static final int TEXT = 4;
    private static final int LABEL = 18;

    private static final int BUTTONS_MAX = 5;
    private static final int ROWS_MAX = 5;
    private static final int LABEL_MAX = 80;
    private static final int FIELD_LABEL_MAX = 45;
    private static final int FIELD_HELP_MAX = 100;
    private static final int REASON_MAX = 1_000;
    private static final int VALUE_MAX = 4_000;
    private static final int CODE_MAX = 40;

    /** Fields that one modal can have. */
    static final int FIELDS_MAX = 5;

    /** How an interaction is answered first. */
    static final int DEFER_REPLY = 5;

    static final int DEFER_UPDATE = 6;
    static final int REPLY = 4;
    static final int CHOICES = 8;
    static final int MODAL = 9;

    private Payloads() {}

    // Messages

    /** All of a message: whatever it showed before is replaced. */
    static DataObject message(DocumentText text, List<Control> controls, List<Upload> files) {
        var embeds = DataArray.empty();
        text.embed().ifPresent(it -> embeds.add(DataObject.empty().put("description", it)));
        var attachments = DataArray.empty();
        for (int i = 0; i < files.size(); i++) {
            attachments.add(
                    DataObject.empty()
                            .put("id", Integer.toString(i))
                            .put("filename", files.get(i).name()));
        }
        return DataObject.empty()
                .put("content", text.content())
                .put("embeds", embeds)
                .put("components", rows(controls))
                .put("attachments", attachments)
                .put("allowed_mentions", mentions(text));
    }

    /** The same as a new message. */
    static DataObject create(DataObject message, String nonce, boolean isLoud) {
        int flags = isLoud ? 0 : SUPPRESS_NOTIFICATIONS;
        if (message.getArray("embeds").isEmpty()) flags |= SUPPRESS_EMBEDS;
        return message.put("flags", flags).put("nonce", nonce).put("enforce_nonce", true);
    }

    /** The same for one person. */
    static DataObject whisper(DataObject message) {
        return message.put("flags", EPHEMERAL);
    }

    private static DataObject mentions(DocumentText text) {
        var users = DataArray.empty();
        text.calls().forEach(users::add);
        return DataObject.empty().put("parse", DataArray.empty()).put("users", users);
    }

    private static DataArray rows(List<Control> controls) {
        var rows = DataArray.empty();
        var row = DataArray.empty();
        for (var control : controls) {
            var id = ControlIds.of(control).text();
            if (id.length() > ControlIds.LENGTH_MAX) continue; // there are still the words
            if (row.length() == BUTTONS_MAX) {
                if (rows.length() == ROWS_MAX - 1) break;
                rows.add(row(row));
                row = DataArray.empty();
            }
            row.add(
                    DataObject.empty()
                            .put("type", BUTTON)
                            .put("style", style(control.label()))
                            .put("label", cut(control.label(), LABEL_MAX))
                            .put("custom_id", id));
        }
        if (!row.isEmpty()) rows.add(row(row));
        return rows;
    }

    private static DataObject row(DataArray parts) {
        return DataObject.empty().put("type", ROW).put("components", parts);
    }

    /** Green lets go on, red ends, grey is all else. */
    private static int style(String label) {
        return switch (label) {
            case "Approve", "Done", "Resume" -> 3;
            case "Deny", "Failed", "Abort", "Cancel" -> 4;
            default -> 2;
        };
    }

    // First answers to interactions

    static DataObject callback(int type) {
        return DataObject.empty().put("type", type);
    }

    /** Whatever is said to it later is for one person. */
    static DataObject deferWhisper() {
        return callback(DEFER_REPLY).put("data", DataObject.empty().put("flags", EPHEMERAL));
    }

    static DataObject whisperNow(String text) {
        return callback(REPLY)
                .put(
                        "data",
                        DataObject.empty()
                                .put("content", cut(text, DocumentText.CONTENT_MAX))
                                .put("flags", EPHEMERAL)
                                .put("allowed_mentions", noMentions()));
    }

    static DataObject noMentions() {
        return DataObject.empty().put("parse", DataArray.empty());
    }

    /** Asks for what a control needs before it acts. */
    static DataObject modal(ControlIds control, String title) {
        var field =
                control.ask() == Ask.CODE
                        ? text("code", "The code from the prompt", "", 1, true, CODE_MAX)
                        : text(
                                "reason",
                                "Reason or note",
                                "may be left empty",
                                2,
                                false,
                                REASON_MAX);
        return modal(control, title, DataArray.empty().add(field));
    }

    /** Asks for what a command lacks. */
    static DataObject form(ControlIds control, String title, List<Field> fields) {
        var parts = DataArray.empty();
        for (var it : fields.subList(0, Math.min(FIELDS_MAX, fields.size()))) {
            var choices = it.choices().isEmpty() ? "" : String.join(" | ", it.choices());
            var help = choices.isEmpty() ? it.description() : choices;
            parts.add(text(it.name(), it.name(), help, 1, it.isRequired(), VALUE_MAX));
        }
        return modal(control, title, parts);
    }

    private static DataObject modal(ControlIds control, String title, DataArray parts) {
        return callback(MODAL)
                .put(
                        "data",
                        DataObject.empty()
                                .put("custom_id", control.text())
                                .put("title", cut(title, FIELD_LABEL_MAX))
                                .put("components", parts));
    }

    private static DataObject text(
            String name, String label, String help, int style, boolean isRequired, int lengthMax) {
        var input =
                DataObject.empty()
                        .put("type", TEXT)
                        .put("custom_id", name)
                        .put("style", style)
                        .put("min_length", 0)
                        .put("max_length", lengthMax)
                        .put("required", isRequired);
        var field =
                DataObject.empty()
                        .put("type", LABEL)
                        .put("label", cut(label, FIELD_LABEL_MAX))
                        .put("component", input);
        if (!help.isEmpty()) field.put("description", cut(help, FIELD_HELP_MAX));
        return field;
    }

    static String cut(String text, int lengthMax) {
        if (text.length() <= lengthMax) return text;
        int end = lengthMax - 1;
        if (Character.isHighSurrogate(text.charAt(end - 1))) end--;
        return text.substring(0, end) + "…";
    }
}
