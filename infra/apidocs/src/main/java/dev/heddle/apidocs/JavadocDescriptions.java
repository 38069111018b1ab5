package dev.heddle.apidocs;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.providers.JavadocProvider;

/**
 * Gives springdoc the Javadoc of our own sources, which are read when the first one is asked for.
 */
final class JavadocDescriptions implements JavadocProvider {

  private final Supplier<SourceDocs> docs;

  JavadocDescriptions(Supplier<SourceDocs> docs) {
    this.docs = docs;
  }

  @Override
  public String getClassJavadoc(Class<?> type) {
    return docs.get().of(type).text();
  }

  @Override
  public Map<String, String> getRecordClassParamJavadoc(Class<?> type) {
    return docs.get().of(type).parameters();
  }

  @Override
  public String getMethodJavadocDescription(Method method) {
    return docs.get().of(method).text();
  }

  @Override
  public String getMethodJavadocReturn(Method method) {
    return Objects.requireNonNullElse(docs.get().of(method).returns(), "");
  }

  @Override
  public Map<String, String> getMethodJavadocThrows(Method method) {
    return Map.of();
  }

  @Override
  public @Nullable String getParamJavadoc(Method method, String name) {
    return docs.get().of(method).parameters().get(name);
  }

  @Override
  public String getFieldJavadoc(Field field) {
    return docs.get().ofComponent(field.getDeclaringClass(), field.getName());
  }

  @Override
  public String getFirstSentence(String text) {
    return SourceDocs.firstSentence(text);
  }
}
