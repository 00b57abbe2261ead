package org.tensorferry.tf;

/**
 * Where in the torch model a node comes from.
 *
 * @param modulePath dotted path of the module, empty for the root
 * @param place source file and line
 */
public record Origin(String modulePath, String place) {

  public static final Origin NONE = new Origin("", "");
}
