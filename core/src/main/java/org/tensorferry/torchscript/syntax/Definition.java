package org.tensorferry.torchscript.syntax;

/** What stands at the top of a source file: a class or a free function. */
public sealed interface Definition extends Node permits ClassDef, FunctionDef {

  /** Its name without the qualifier, which is given by the path of the file. */
  String name();
}
