package org.tensorferry.savedmodel;

import java.nio.file.Path;
import java.util.Locale;

/** Names of the files of one TensorBundle. */
final class BundleFiles {

  private BundleFiles() {}

  static Path index(Path prefix) {
    return prefix.resolveSibling(prefix.getFileName() + ".index");
  }

  static Path shard(Path prefix, int shard, int shards) {
    return prefix.resolveSibling(
        String.format(Locale.ROOT, "%s.data-%05d-of-%05d", prefix.getFileName(), shard, shards));
  }
}
