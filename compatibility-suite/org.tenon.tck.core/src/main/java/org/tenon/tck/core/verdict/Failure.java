package org.tenon.tck.core.verdict;

import org.tenon.api.ClauseId;
import org.tenon.tck.core.Seed;

/**
 * A broken clause, with all that is needed to see it break again.
 *
 * @param clause which one
 * @param expected what it asks for, in the case at hand
 * @param actual what the subject did
 * @param seed of the run
 * @param rerun a command that runs the test again with the same choices
 * @param trace where it was noticed: stack trace and, where the kit has it, the submission's
 */
public record Failure(
    ClauseId clause, String expected, String actual, Seed seed, String rerun, String trace) {}
