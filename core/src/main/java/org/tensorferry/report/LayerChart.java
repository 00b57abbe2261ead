package org.tensorferry.report;

import java.util.ArrayList;
import java.util.List;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.report.Drawing.Point;
import org.tensorferry.report.Drawing.Tone;

/** The SNR of every call as a picture: how agreement is lost from the inputs to the outputs. */
final class LayerChart {

  private static final int WIDTH = 960;
  private static final int HEIGHT = 240;
  private static final int LEFT = 56;
  private static final int RIGHT = WIDTH - 10;
  private static final int TOP = 14;
  private static final int BOTTOM = 26;
  private static final int MOST = 160;
  private static final int STEP = 40;

  /** What the default tolerance asks of float32. */
  static final double LIMIT = 90;

  private final Drawing drawing = new Drawing("SNR of every call", WIDTH, HEIGHT);
  private final List<LayerReport.Call> calls;

  private LayerChart(List<LayerReport.Call> calls) {
    this.calls = calls;
  }

  static Drawing of(LayerReport layers) {
    LayerChart chart = new LayerChart(layers.calls());
    chart.scale();
    chart.results();
    chart.ownErrors();
    return chart.drawing;
  }

  private void scale() {
    for (int db = 0; db <= MOST; db += STEP) {
      drawing.line(new Point(LEFT, y(db)), new Point(RIGHT, y(db)), Tone.FAINT);
      drawing.textBefore(new Point(LEFT - 8, y(db) + 4), db == MOST ? "exact" : db + " dB");
    }
    drawing.line(new Point(LEFT, y(LIMIT)), new Point(RIGHT, y(LIMIT)), Tone.BAD);
    drawing.text(new Point(LEFT, HEIGHT - 6), "calls in their order");
  }

  private void results() {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      if (!Double.isNaN(calls.get(i).snrResult())) {
        points.add(new Point(x(i), y(calls.get(i).snrResult())));
      }
    }
    drawing.curve(points);
  }

  private void ownErrors() {
    for (int i = 0; i < calls.size(); i++) {
      LayerReport.Call call = calls.get(i);
      if (!Double.isNaN(call.snrOwn())) {
        Tone tone = call.diverges() ? Tone.BAD : Tone.GOOD;
        drawing.dot(
            new Point(x(i), y(call.snrOwn())), call.diverges() ? 5 : 2.4, tone, title(call));
      }
    }
  }

  private static String title(LayerReport.Call call) {
    return call.operator()
        + " in "
        + ReportText.module(call.module())
        + ": own "
        + ReportText.ratio(call.snrOwn())
        + ", in the SavedModel "
        + ReportText.ratio(call.snrResult());
  }

  private double x(int call) {
    return LEFT + (call + 0.5) * (RIGHT - LEFT) / Math.max(calls.size(), 1);
  }

  private static double y(double db) {
    double clipped = Math.max(0, Math.min(MOST, db));
    return TOP + (1 - clipped / MOST) * (HEIGHT - TOP - BOTTOM);
  }
}
