package dev.heddle.apidocs;

import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.EntityTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.StartElementTree;
import com.sun.source.doctree.TextTree;
import java.util.List;
import java.util.Locale;

/** Turns the Javadoc that this project writes into Markdown: code, links, entities, paragraphs. */
final class DocMarkdown {

  private DocMarkdown() {}

  static String of(List<? extends DocTree> trees) {
    StringBuilder text = new StringBuilder();
    for (DocTree tree : trees) {
      text.append(of(tree));
    }
    return text.toString()
        .replaceAll("[ \\t]*\\R[ \\t]*", " ")
        .replaceAll(" {2,}", " ")
        .replaceAll(" ?\u2029 ?", "\n\n")
        .strip();
  }

  private static String of(DocTree tree) {
    return switch (tree) {
      case TextTree plain -> plain.getBody();
      case LiteralTree literal ->
          literal.getKind() == DocTree.Kind.CODE
              ? "`" + literal.getBody().getBody().strip() + "`"
              : literal.getBody().getBody();
      case LinkTree link ->
          link.getLabel().isEmpty()
              ? "`" + name(link.getReference().getSignature()) + "`"
              : of(link.getLabel());
      case EntityTree entity -> character(entity.getName().toString());
      // A paragraph separator stands for the blank line until the other blanks are folded.
      case StartElementTree element -> element.getName().contentEquals("p") ? "\u2029" : "";
      default -> "";
    };
  }

  /** {@code Topics#SESSION_CLAIMS} reads as {@code Topics.SESSION_CLAIMS}, {@code #id} as it is. */
  private static String name(String signature) {
    String plain = signature.startsWith("#") ? signature.substring(1) : signature;
    return plain.replace('#', '.');
  }

  private static String character(String entity) {
    return switch (entity.toLowerCase(Locale.ROOT)) {
      case "lt" -> "<";
      case "gt" -> ">";
      case "amp" -> "&";
      case "nbsp" -> " ";
      default -> "";
    };
  }
}
