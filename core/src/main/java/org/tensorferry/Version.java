package org.tensorferry;

import org.jspecify.annotations.Nullable;

/** The version that the build wrote into the jar. */
final class Version {

  private Version() {}

  static String current() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }
}
