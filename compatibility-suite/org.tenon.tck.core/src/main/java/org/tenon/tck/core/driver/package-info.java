/**
 * What the certifications of drivers of every class share: the bundle's facts, the tests of what a
 * host looks at before it opens anything, and the trial, on which each class builds its own.
 */
@NullMarked
package org.tenon.tck.core.driver;

import org.jspecify.annotations.NullMarked;
