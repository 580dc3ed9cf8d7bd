package dev.sopwith.bot.discord;

import dev.sopwith.engine.chat.OutboundMessage;

import net.dv8tion.jda.api.utils.FileUpload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** A file that goes with a message. */
final class Upload {
    /** The name of the file with all of a text that a message cannot hold. */
    private static final String TEXT = "message.txt";

    private final String name;
    private final byte[] bytes;

    private Upload(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    String name() {
        return name;
    }

    /** As the library sends it: once, so each try needs one of its own. */
    FileUpload forOneTry() {
        return FileUpload.fromData(bytes, name);
    }

    /**
     * What goes with a message: its text where that is too long, and what is attached.
     *
     * @throws UncheckedIOException when a file cannot be read
     */
    static List<Upload> of(OutboundMessage message, DocumentText text) {
        var all = new ArrayList<Upload>();
        text.file().ifPresent(it -> all.add(new Upload(TEXT, it.getBytes(StandardCharsets.UTF_8))));
        for (var file : message.attachments()) {
            try {
                all.add(new Upload(file.getFileName().toString(), Files.readAllBytes(file)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return all;
    }
}
