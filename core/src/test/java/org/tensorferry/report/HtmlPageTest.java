package org.tensorferry.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlPageTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain|plain",
        "a `b` c|a <code>b</code> c",
        "`a``b`|<code>a</code><code>b</code>",
        "a lone ` here|a lone ` here",
        "<script>&\"|&lt;script&gt;&amp;&quot;",
        "`<b>`|<code>&lt;b&gt;</code>"
      })
  void textsAreEscapedAndBackticksBecomeCode(String text, String expected) {
    String page = new HtmlPage("title").paragraph(text).text();
    assertTrue(page.contains("<p>" + expected + "</p>"), page);
  }

  @Test
  void thePageNeedsNothingElse() {
    String page =
        new HtmlPage("`x`")
            .verdict(false, "different")
            .table(
                List.of("name", "size", "SNR"),
                List.of(
                    List.of(
                        new HtmlPage.Text("a"),
                        new HtmlPage.Figure("1"),
                        new HtmlPage.Bar("7 dB", 2, false))))
            .section("empty", List.of())
            .text();
    assertFalse(page.contains("http"), page);
    assertFalse(page.contains("src="), page);
    assertFalse(page.contains("empty"), page);
    assertTrue(page.contains("<th class=\"number\">size</th>"), page);
    assertTrue(page.contains("width:8.0rem"), page);
    assertEquals(1, page.split("<title>x</title>", -1).length - 1);
  }
}
