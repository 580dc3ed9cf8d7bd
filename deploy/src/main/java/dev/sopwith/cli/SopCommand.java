package dev.sopwith.cli;

import picocli.CommandLine.Command;

/** {@code sopwith sop}: the commands about the files of SOPs; they need no running service. */
@Command(name = "sop", description = "Check, show, explain and begin SOPs.")
final class SopCommand {}
