package org.tensorferry.source;

/**
 * Which attributes of modules have to be kept between calls that are no tensors of the file:
 * numbers, lists, dicts, what is None at first. A program finds out by being followed, and is then
 * followed again with these attributes held by variables. Equal where both keep the same.
 */
public interface Kept {

  /** No such attribute. */
  Kept NOTHING =
      new Kept() {
        @Override
        public String toString() {
          return "nothing";
        }
      };
}
