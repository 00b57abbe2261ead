package org.tensorferry.archive;

import org.tensorferry.error.FerryException;

/**
 * What the names in a pickle stand for. A name that is not allowed is an error here: nothing is
 * ever looked up elsewhere.
 */
interface PickleScope {

  /** A function that a pickle may call. */
  @FunctionalInterface
  interface Rebuilder {
    /**
     * The value.
     *
     * @param arguments a {@link PyTuple} for a call as Python writes it; TorchScript's enums give
     *     the bare value
     */
    Object rebuild(Object arguments);
  }

  /**
   * The value of a global: a {@link Rebuilder}, a {@link PickledClass} or a constant.
   *
   * @throws FerryException where the pickle must not use it
   */
  Object global(String module, String name);

  /** The value of a persistent id: a storage. */
  Object persistent(Object id);
}
