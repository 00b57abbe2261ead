package org.tensorferry.torchscript.syntax;

/**
 * The kinds of tokens, with the precedence of binary operators as in libtorch's {@code lexer.cpp}.
 */
enum Token {
  END_OF_FILE("the end of the file"),
  NEWLINE("the end of the line"),
  INDENT("an indented block"),
  DEDENT("the end of the block"),
  IDENTIFIER("a name"),
  INTEGER("an integer"),
  FLOAT("a float"),
  IMAGINARY("an imaginary number"),
  STRING("a string"),

  AS("`as`"),
  ASSERT("`assert`"),
  BREAK("`break`"),
  CLASS("`class`"),
  CONTINUE("`continue`"),
  DEF("`def`"),
  DEL("`del`"),
  ELIF("`elif`"),
  ELLIPSIS("`...`"),
  ELSE("`else`"),
  FALSE("`False`"),
  FOR("`for`"),
  GLOBAL("`global`"),
  IMPORT("`import`"),
  NONE("`None`"),
  PASS("`pass`"),
  RAISE("`raise`"),
  RETURN("`return`"),
  TRUE("`True`"),
  WHILE("`while`"),
  WITH("`with`"),

  IF("`if`", 1),
  AND("`and`", 2),
  OR("`or`", 2),
  NOT("`not`"),
  IN("`in`", 4),
  NOT_IN("`not in`", 4),
  IS("`is`", 4),
  IS_NOT("`is not`", 4),
  LESS("`<`", 4),
  GREATER("`>`", 4),
  EQUAL("`==`", 4),
  LESS_EQUAL("`<=`", 4),
  GREATER_EQUAL("`>=`", 4),
  NOT_EQUAL("`!=`", 4),
  BAR("`|`", 5),
  CARET("`^`", 6),
  AMPERSAND("`&`", 7),
  SHIFT_LEFT("`<<`", 8),
  SHIFT_RIGHT("`>>`", 8),
  PLUS("`+`", 9),
  MINUS("`-`", 9),
  STAR("`*`", 10),
  SLASH("`/`", 10),
  DOUBLE_SLASH("`//`", 10),
  PERCENT("`%`", 10),
  AT("`@`", 10),
  DOUBLE_STAR("`**`", 11),
  TILDE("`~`"),

  ASSIGN("`=`"),
  PLUS_ASSIGN("`+=`"),
  MINUS_ASSIGN("`-=`"),
  STAR_ASSIGN("`*=`"),
  SLASH_ASSIGN("`/=`"),
  PERCENT_ASSIGN("`%=`"),
  BAR_ASSIGN("`|=`"),
  AMPERSAND_ASSIGN("`&=`"),
  CARET_ASSIGN("`^=`"),
  SHIFT_LEFT_ASSIGN("`<<=`"),
  SHIFT_RIGHT_ASSIGN("`>>=`"),
  DOUBLE_STAR_ASSIGN("`**=`"),

  PARENTHESIS_OPEN("`(`"),
  PARENTHESIS_CLOSE("`)`"),
  BRACKET_OPEN("`[`"),
  BRACKET_CLOSE("`]`"),
  BRACE_OPEN("`{`"),
  BRACE_CLOSE("`}`"),
  COMMA("`,`"),
  COLON("`:`"),
  DOT("`.`"),
  ARROW("`->`");

  static final int SHORTEST_KEYWORD = 2;
  static final int LONGEST_KEYWORD = 8;

  /** The precedence of {@code not} and {@code ~} over their operand. */
  static final int NOT_PRECEDENCE = 3;

  /** The precedence of a minus sign over its operand. */
  static final int SIGN_PRECEDENCE = 10;

  /** The precedence above which a loop's target is read, so that {@code in} ends it. */
  static final int TARGET_PRECEDENCE = 4;

  private final String description;
  private final int precedence;

  Token(String description) {
    this(description, 0);
  }

  Token(String description, int precedence) {
    this.description = description;
    this.precedence = precedence;
  }

  /** The keyword or operator that is spelled as a word, or {@code IDENTIFIER}. */
  static Token ofWord(String word) {
    return switch (word) {
      case "and" -> AND;
      case "as" -> AS;
      case "assert" -> ASSERT;
      case "break" -> BREAK;
      case "class" -> CLASS;
      case "continue" -> CONTINUE;
      case "def" -> DEF;
      case "del" -> DEL;
      case "elif" -> ELIF;
      case "Ellipsis" -> ELLIPSIS;
      case "else" -> ELSE;
      case "False" -> FALSE;
      case "for" -> FOR;
      case "global" -> GLOBAL;
      case "if" -> IF;
      case "import" -> IMPORT;
      case "in" -> IN;
      case "is" -> IS;
      case "None" -> NONE;
      case "not" -> NOT;
      case "or" -> OR;
      case "pass" -> PASS;
      case "raise" -> RAISE;
      case "return" -> RETURN;
      case "True" -> TRUE;
      case "while" -> WHILE;
      case "with" -> WITH;
      default -> IDENTIFIER;
    };
  }

  /** Whether it says how lines and blocks lie rather than stand for text. */
  boolean isLayout() {
    return switch (this) {
      case NEWLINE, INDENT, DEDENT, END_OF_FILE -> true;
      default -> false;
    };
  }

  /** As a sentence calls it. */
  String description() {
    return description;
  }

  /** How tight it binds as a binary operator; 0 if it is none. */
  int precedence() {
    return precedence;
  }
}
