package org.tensorferry.torchscript.syntax;

import java.util.List;
import java.util.Optional;

/**
 * One parsed {@code code/**.py} record.
 *
 * @param source the text that was parsed
 * @param definitions its classes and functions in the order of the file
 */
public record SourceFile(Source source, List<Definition> definitions) {

  public Optional<ClassDef> findClass(String name) {
    return find(ClassDef.class, name);
  }

  public Optional<FunctionDef> findFunction(String name) {
    return find(FunctionDef.class, name);
  }

  private <D extends Definition> Optional<D> find(Class<D> kind, String name) {
    return definitions.stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .filter(definition -> definition.name().equals(name))
        .findFirst();
  }
}
