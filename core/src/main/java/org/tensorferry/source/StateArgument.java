package org.tensorferry.source;

import org.tensorferry.tensor.HostTensor;

/**
 * What a module keeps from one call to the next, as an argument and a result of a method.
 *
 * @param path of the buffer or attribute, below the module whose method it is
 * @param isNumber true for an attribute that is an int, float or bool, false for a tensor
 * @param first what the first call is given
 */
public record StateArgument(String path, boolean isNumber, HostTensor first) {

  /** The module that has it, by its path; empty for the one whose method it is. */
  String owner() {
    int dot = path.lastIndexOf('.');
    return dot < 0 ? "" : path.substring(0, dot);
  }

  /** Its name in that module. */
  String attribute() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** A name for an argument. */
  String argument() {
    String name = path.replaceAll("\\W", "_");
    return Character.isLetter(name.charAt(0)) ? name : "state_" + name;
  }
}
