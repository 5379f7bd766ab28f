package org.tenon.tck.core.run;

import org.tenon.api.Identifier;
import org.tenon.tck.core.Requirements;

/**
 * What is tested of one kind of subject.
 *
 * @param id what it is called, such as {@code block}
 * @param title for people
 * @param requirements its clauses
 * @param contract the JUnit class whose tests cover them; takes its subject from the {@link
 *     RunContext}
 */
public record Profile(Identifier id, String title, Requirements requirements, Class<?> contract) {}
