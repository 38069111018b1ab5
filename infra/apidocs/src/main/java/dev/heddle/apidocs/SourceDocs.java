package dev.heddle.apidocs;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.ReturnTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * What the Javadoc of source files says, as Markdown. The descriptions for others thus are what the
 * code says of itself, and nothing is written twice or packaged for it.
 */
public final class SourceDocs {

  /**
   * One doc comment.
   *
   * @param text what stands before the block tags
   * @param parameters by name, of a method or of the components of a record
   * @param returns what a method returns; null where it does not say
   */
  public record Comment(String text, Map<String, String> parameters, @Nullable String returns) {

    static final Comment NONE = new Comment("", Map.of(), null);
  }

  private final Map<String, Comment> comments = new HashMap<>();

  private SourceDocs() {}

  /**
   * Reads all sources of some modules; they need not compile.
   *
   * @param modules from the root of the checkout, such as {@code infra/contracts}
   */
  public static SourceDocs of(String... modules) {
    SourceDocs docs = new SourceDocs();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
      List<Path> sources = new ArrayList<>();
      for (String module : modules) {
        sources.addAll(sources(CommittedFile.root().resolve(module).resolve("src/main/java")));
      }
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources));
      DocTrees trees = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        docs.new Reader(trees, String.valueOf(unit.getPackageName())).scan(unit, "");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return docs;
  }

  /** A text up to its first full stop or paragraph. */
  public static String firstSentence(String text) {
    int end = text.indexOf(". ");
    int paragraph = text.indexOf("\n\n");
    if (paragraph >= 0 && (end < 0 || paragraph < end)) {
      return text.substring(0, paragraph);
    }
    return end < 0 ? text : text.substring(0, end + 1);
  }

  private static List<Path> sources(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  /** Of a class, record, interface or enum. */
  public Comment of(Class<?> type) {
    return find(type.getName());
  }

  /** Of a method, by its name and the number of its parameters. */
  public Comment of(Method method) {
    return find(
        key(method.getDeclaringClass().getName(), method.getName(), method.getParameterCount()));
  }

  /** Of a constant of an enum. */
  public Comment of(Enum<?> constant) {
    return find(constant.getDeclaringClass().getName() + "#" + constant.name());
  }

  /** Of a constant of a class, or of the one method of that name. */
  public String ofMember(Class<?> type, String name) {
    String constant = find(type.getName() + "#" + name).text();
    return constant.isEmpty() ? find(key(type.getName(), name, 1)).text() : constant;
  }

  /** Of a component of a record, or of the accessor that an interface of the record declares. */
  public String ofComponent(Class<?> type, String component) {
    String said = of(type).parameters().get(component);
    if (said != null) {
      return said;
    }
    for (Class<?> parent : type.getInterfaces()) {
      Comment accessor = find(key(parent.getName(), component, 0));
      if (!accessor.text().isEmpty()) {
        return accessor.text();
      }
    }
    return "";
  }

  private Comment find(String key) {
    return comments.getOrDefault(key, Comment.NONE);
  }

  private static String key(String type, String method, int parameters) {
    return type + "#" + method + "/" + parameters;
  }

  private final class Reader extends TreePathScanner<@Nullable Void, String> {

    private final DocTrees trees;
    private final String packageName;

    Reader(DocTrees trees, String packageName) {
      this.trees = trees;
      this.packageName = packageName;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, String outer) {
      String name =
          outer.isEmpty()
              ? packageName + "." + type.getSimpleName()
              : outer + "$" + type.getSimpleName();
      keep(name);
      return super.visitClass(type, name);
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, String type) {
      keep(key(type, method.getName().toString(), method.getParameters().size()));
      return null;
    }

    @Override
    public @Nullable Void visitVariable(VariableTree field, String type) {
      keep(type + "#" + field.getName());
      return null;
    }

    private void keep(String key) {
      DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
      if (comment != null) {
        comments.put(key, comment(comment));
      }
    }

    private static Comment comment(DocCommentTree comment) {
      Map<String, String> parameters = new HashMap<>();
      String returns = null;
      for (DocTree tag : comment.getBlockTags()) {
        if (tag instanceof ParamTree param && !param.isTypeParameter()) {
          parameters.put(
              param.getName().getName().toString(), DocMarkdown.of(param.getDescription()));
        } else if (tag instanceof ReturnTree result) {
          returns = DocMarkdown.of(result.getDescription());
        }
      }
      return new Comment(DocMarkdown.of(comment.getFullBody()), Map.copyOf(parameters), returns);
    }
  }
}
