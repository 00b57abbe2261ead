package org.tensorferry.torchscript.interp;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.torchscript.syntax.ClassDef;
import org.tensorferry.torchscript.syntax.FunctionDef;
import org.tensorferry.torchscript.syntax.Parser;
import org.tensorferry.torchscript.syntax.SourceFile;

/** The classes and functions of a model, parsed when they are first asked for. */
final class Library {

  private final SourceProvider sources;
  private final Map<String, Optional<SourceFile>> files = new HashMap<>();

  Library(SourceProvider sources) {
    this.sources = sources;
  }

  Optional<ClassDef> findClass(String qualifiedName) {
    return file(qualifiedName).flatMap(file -> file.findClass(simpleName(qualifiedName)));
  }

  Optional<FunctionDef> findFunction(String qualifiedName) {
    return file(qualifiedName).flatMap(file -> file.findFunction(simpleName(qualifiedName)));
  }

  Optional<FunctionDef> findMethod(String className, String method) {
    return findClass(className).flatMap(type -> type.findMethod(method));
  }

  private Optional<SourceFile> file(String qualifiedName) {
    int dot = qualifiedName.lastIndexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    String qualifier = qualifiedName.substring(0, dot);
    Optional<SourceFile> known = files.get(qualifier);
    if (known == null) {
      known = sources.source(qualifier).map(Parser::parse);
      files.put(qualifier, known);
    }
    return known;
  }

  private static String simpleName(String qualifiedName) {
    return qualifiedName.substring(qualifiedName.lastIndexOf('.') + 1);
  }
}
