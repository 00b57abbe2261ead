package org.tensorferry.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * One bar for all steps, which leaves nothing behind. It appears only in runs that take a while.
 */
final class ProgressBars extends Progress {

  private static final long PATIENCE_NANOS = 500_000_000;

  private final long begin = System.nanoTime();
  private @Nullable ProgressBar bar;
  private boolean closed;

  @Override
  public void progress(String step, long done, long total) {
    if (bar == null) {
      if (closed || System.nanoTime() - begin < PATIENCE_NANOS) {
        return;
      }
      bar =
          new ProgressBarBuilder()
              .setStyle(ProgressBarStyle.ASCII)
              .setInitialMax(-1)
              .setUpdateIntervalMillis(100)
              .clearDisplayOnFinish()
              .hideEta()
              .build();
    }
    bar.maxHint(total > 0 ? total : -1);
    bar.stepTo(done);
    bar.setExtraMessage(" " + PlainWriter.plain(step).replace('\n', ' '));
  }

  @Override
  void clear() {
    closed = true;
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
