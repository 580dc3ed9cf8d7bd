package dev.sopwith.engine.step;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Puts what a step printed and handed on, secrets masked, in the place of what it wrote. What
 * cannot be hidden now is told of once, and {@link #hide} tries again.
 *
 * <p>Durable: a masked file is complete under its name before what it replaces goes.
 *
 * <p>Threading: safe from any thread.
 */
final class OutputMasking {
    private static final System.Logger LOG = System.getLogger(OutputMasking.class.getName());

    private final Set<StepKey> hiding = ConcurrentHashMap.newKeySet();
    private final Set<StepKey> told = ConcurrentHashMap.newKeySet(); // of what stays unmasked

    /**
     * Hides what is still open of a step that is over.
     *
     * @param order with its secrets; without it what cannot be masked is removed
     * @return whether nothing is left to hide
     */
    boolean hide(StepKey key, StepDirectory directory, Optional<StepOrder> order) {
        if (!hiding.add(key)) return false; // another thread is at it
        try {
            if (directory.exists()) {
                if (order.isPresent()) mask(order.get(), directory);
                else giveUp(key, directory);
                directory.removeOutput();
                if (!directory.isMasked()) return false;
            }
            told.remove(key);
            return true;
        } catch (IOException e) {
            tell(key, directory, e);
            return false;
        } finally {
            hiding.remove(key);
        }
    }

    /** Better gone than open to whoever comes by the disk. */
    private static void giveUp(StepKey key, StepDirectory directory) throws IOException {
        var raw = KeptOutput.in(directory.path());
        if (!raw.isEmpty() && StoredOutput.in(directory.path()).isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "what %s printed was removed: it was not masked while its secrets were there"
                            .formatted(key));
        }
        remove(raw, directory);
    }

    /**
     * Puts what was printed, masked, in the place of what the step wrote, once nobody writes any
     * more: from then on no secret is needed to show it. A service that goes down in between does
     * the rest when it looks for the step again, because the end is not stored before this is done.
     */
    void keepMasked(StepOrder order, StepDirectory directory) {
        try {
            if (directory.exists()) mask(order, directory); // else the step deleted it
        } catch (IOException e) {
            tell(order.key(), directory, e);
        }
    }

    /**
     * What a step in doubt printed: its secrets may be gone when the doubt is over, as when the run
     * is cancelled.
     */
    void keepCopyInDoubt(StepOrder order, StepDirectory directory) {
        try {
            if (directory.exists()) keepCopy(order, directory);
        } catch (IOException e) {
            tell(order.key(), directory, e);
        }
    }

    private static void mask(StepOrder order, StepDirectory directory) throws IOException {
        keepCopy(order, directory);
        remove(KeptOutput.in(directory.path()), directory);
    }

    /** What is there so far, masked: while somebody writes, and for when the secrets are gone. */
    private static void keepCopy(StepOrder order, StepDirectory directory) throws IOException {
        var path = directory.path();
        var raw = KeptOutput.in(path);
        if (!raw.isWhole() && StoredOutput.in(path).isPresent()) return;
        try {
            StoredOutput.write(
                    path, raw.bytes(), raw.dropped(), target -> raw.write(order.masker(), target));
        } catch (IOException e) {
            if (raw.isEmpty()) throw e;
            try {
                StoredOutput.writeInRoom(path, raw.excerpts(order.masker()));
            } catch (IOException noRoom) {
                e.addSuppressed(noRoom);
                throw e;
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "of what %s printed only beginning and end were kept (%s)"
                            .formatted(order.key(), e.getMessage()));
        }
    }

    /** What it hands on, without secrets; from then on its file is not needed any more. */
    Map<String, String> values(StepOrder order, StepDirectory directory)
            throws OutputValues.Bad, IOException {
        if (StoredValues.isIn(directory.path())) { // by a service that went down here
            removeOutput(order.key(), directory);
            return StoredValues.read(directory.path());
        }
        var masker = order.masker();
        try {
            var values = StoredValues.masked(OutputValues.read(directory.output()), masker);
            replaceOutput(order.key(), directory, path -> StoredValues.write(path, values));
            return values;
        } catch (OutputValues.Bad bad) {
            var problem = masker.mask(bad.reason().problem());
            var masked = new OutputValues.Bad(bad.reason().line(), problem);
            replaceOutput(
                    order.key(), directory, path -> StoredValues.write(path, masked.reason()));
            throw masked;
        }
    }

    /** Writes into a directory. */
    @FunctionalInterface
    private interface Writing {
        void in(Path directory) throws IOException;
    }

    /** Where it cannot be done now, the values are still good, and {@link #hide} does the rest. */
    private void replaceOutput(StepKey key, StepDirectory directory, Writing values) {
        try {
            if (!directory.exists()) return; // the step deleted it
            values.in(directory.path());
            directory.removeOutput();
        } catch (IOException e) {
            tell(key, directory, e);
        }
    }

    void removeOutput(StepKey key, StepDirectory directory) {
        try {
            directory.removeOutput();
        } catch (IOException e) {
            tell(key, directory, e);
        }
    }

    private static void remove(KeptOutput raw, StepDirectory directory) throws IOException {
        if (raw.isEmpty()) return;
        raw.remove();
        StepDirectory.sync(directory.path());
    }

    /** Says once what stays unmasked; {@link #hide} tries again. */
    private void tell(StepKey key, StepDirectory directory, IOException e) {
        if (!told.add(key)) return;
        LOG.log(
                System.Logger.Level.WARNING,
                "what %s wrote stays unmasked in %s for now, which only the service's user may read"
                        .formatted(key, directory.path()),
                e);
    }
}
