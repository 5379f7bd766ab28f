/**
 * The ACPI tables of a machine: {@link org.tenon.hv.platform.acpi.AcpiTables} lays them out, {@link
 * org.tenon.hv.platform.acpi.TableWriter} writes a table, {@link org.tenon.hv.platform.acpi.Aml}
 * and {@link org.tenon.hv.platform.acpi.Resources} encode the little AML the DSDT needs. Section
 * numbers are those of the ACPI specification 6.5.
 */
@NullMarked
package org.tenon.hv.platform.acpi;

import org.jspecify.annotations.NullMarked;
