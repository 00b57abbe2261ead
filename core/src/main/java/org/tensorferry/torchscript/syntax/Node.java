package org.tensorferry.torchscript.syntax;

/** A piece of the syntax tree that knows where it was written. */
public interface Node {

  Span span();
}
