package org.tensorferry.report;

import java.io.StringWriter;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A test suite in JUnit's XML, which every CI server shows. */
final class JunitXml {

  private final StringWriter text = new StringWriter();
  private final XMLStreamWriter xml;

  /** Something that can't fail, because it writes into memory. */
  @FunctionalInterface
  private interface Writing {
    void run() throws XMLStreamException;
  }

  JunitXml(String name, long tests, long failures, long skipped) {
    try {
      xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a text can always be written", e);
    }
    write(
        () -> {
          xml.writeStartDocument("UTF-8", "1.0");
          xml.writeCharacters("\n");
          xml.writeStartElement("testsuite");
          xml.writeAttribute("name", legal(name));
          xml.writeAttribute("tests", Long.toString(tests));
          xml.writeAttribute("failures", Long.toString(failures));
          xml.writeAttribute("errors", "0");
          xml.writeAttribute("skipped", Long.toString(skipped));
          xml.writeCharacters("\n");
        });
  }

  /** Begins a test case; {@link #end} ends it. */
  JunitXml testCase(String label, String name) {
    return write(
        () -> {
          xml.writeStartElement("testcase");
          xml.writeAttribute("classname", legal(label));
          xml.writeAttribute("name", legal(name));
        });
  }

  /** How long the test case took that was begun. */
  JunitXml seconds(double seconds) {
    return write(() -> xml.writeAttribute("time", String.format(Locale.ROOT, "%.3f", seconds)));
  }

  JunitXml failure(String message, String details) {
    return message("failure", message, details);
  }

  JunitXml skipped(String message, String details) {
    return message("skipped", message, details);
  }

  private JunitXml message(String element, String message, String details) {
    return write(
        () -> {
          xml.writeStartElement(element);
          xml.writeAttribute("message", legal(message));
          xml.writeCharacters(legal(details));
          xml.writeEndElement();
        });
  }

  /** Ends the test case. */
  JunitXml end() {
    return write(
        () -> {
          xml.writeEndElement();
          xml.writeCharacters("\n");
        });
  }

  /** The same as text, for people. */
  JunitXml printed(String output) {
    write(
        () -> {
          xml.writeStartElement("system-out");
          xml.writeCharacters(legal(output));
        });
    return end();
  }

  /** The suite; nothing can be added after. */
  String text() {
    end();
    write(
        () -> {
          xml.writeEndDocument();
          xml.close();
        });
    return text + "\n";
  }

  private JunitXml write(Writing writing) {
    try {
      writing.run();
      return this;
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a text can always be written", e);
    }
  }

  /** Without the control characters that XML 1.0 can't hold. */
  private static String legal(String text) {
    return text.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uD800-\\uDFFF\\uFFFE\\uFFFF]", "?");
  }
}
