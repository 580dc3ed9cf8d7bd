package dev.sopwith.bench;

import java.io.IOException;
import java.util.List;

/** One group of figures that are measured together. */
interface Bench {

    /**
     * Measures them all; takes as long as it takes.
     *
     * @throws IOException when the disk or a child process fails; there are no figures then
     */
    List<Measurement> run() throws IOException;
}
