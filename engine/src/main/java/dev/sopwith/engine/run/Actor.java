package dev.sopwith.engine.run;

/**
 * Who does something: votes, quorum and separation of duties count persons, the record names the
 * identity they used (APPROVALS §1).
 *
 * @param person the roster's name of the person
 * @param identity such as {@code matrix:@alice:example.org} or {@code local:alice}
 */
public record Actor(String person, String identity) {}
