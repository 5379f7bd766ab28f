package org.tenon.tck.core.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tenon.tck.core.run.RunReport;

/** The folder that a run leaves behind. */
public final class ReportFolder {
  private ReportFolder() {}

  /**
   * Writes all reports, replacing earlier ones of the same name.
   *
   * @param folder made if it is not there
   * @return the page for people
   * @throws IOException if the folder cannot be written
   */
  public static Path write(RunReport report, Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("report.json"), JsonReport.render(report));
    Files.writeString(folder.resolve("junit.xml"), JunitXmlReport.render(report));
    return Files.writeString(folder.resolve("report.html"), HtmlReport.render(report));
  }
}
