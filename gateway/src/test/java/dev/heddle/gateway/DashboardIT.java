package dev.heddle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The dashboard, as the build left it in this module's classes. */
class DashboardIT extends GatewayTestBase {
  private static final Pattern SCRIPT = Pattern.compile("src=\"(/assets/[^\"]+\\.js)\"");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/index.html",
        "/threads",
        "/threads/0197d1f0-0000-7000-8000-000000000001",
        "/threads?status=running",
        "/sessions",
        "/sessions/0197d1f0-0000-7000-8000-000000000001",
        "/projects/shop",
        "/machines",
        "/metrics",
        "/search",
        "/sign-in"
      })
  void addressOfAPageIsAnsweredWithTheDocument(String path) throws Exception {
    HttpResponse<String> answer = send(anonymous(path));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).startsWith("text/html");
    assertThat(header(answer, "Cache-Control")).isEqualTo("no-cache");
    assertThat(answer.body()).contains("<div id=\"root\">");
    assertPolicy(answer);
  }

  @Test
  void documentThatTheBrowserHasIsNotSentAgain() throws Exception {
    String etag = header(send(anonymous("/")), "ETag");

    HttpResponse<String> again = send(anonymous("/threads").header("If-None-Match", etag));

    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Test
  void hashedFileMayBeKeptForEver() throws Exception {
    HttpResponse<String> answer = send(anonymous(script()));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).startsWith("text/javascript");
    assertThat(header(answer, "Cache-Control"))
        .contains("immutable")
        .contains("max-age=31536000")
        .contains("public");
    assertPolicy(answer);
  }

  @Test
  void scriptIsSentCompressed() throws Exception {
    HttpResponse<String> answer = send(anonymous(script()).header("Accept-Encoding", "gzip"));

    assertThat(header(answer, "Content-Encoding")).isEqualTo("gzip");
  }

  @Test
  void documentHoldsNothingThatThePolicyForbids() throws Exception {
    assertThat(send(anonymous("/")).body())
        .doesNotContain("<style")
        .doesNotContain("<script>")
        .doesNotContain(" style=")
        .doesNotContain("http://")
        .doesNotContain("https://");
  }

  @Test
  void everyIconOfTheManifestIsServed() throws Exception {
    HttpResponse<String> manifest = send(anonymous("/manifest.webmanifest"));

    assertThat(header(manifest, "Content-Type")).isEqualTo("application/manifest+json");
    List<String> icons =
        JsonMapper.shared().readTree(manifest.body()).path("icons").findValuesAsString("src");
    assertThat(icons).hasSizeGreaterThan(2);
    for (String icon : icons) {
      HttpResponse<String> answer = send(anonymous(icon));
      assertThat(answer.statusCode()).as(icon).isEqualTo(200);
      assertThat(header(answer, "Content-Type")).as(icon).startsWith("image/");
    }
  }

  @Test
  void fileThatIsNotThereIsNotTheDocument() throws Exception {
    assertThat(send(anonymous("/assets/nothing-here.js")).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api", "/api/threads", "/actuator/env", "/threadsx"})
  void everythingElseStillWantsAnIdentity(String path) throws Exception {
    assertProblem(send(anonymous(path)), 401, "unauthenticated");
  }

  @Test
  void answersOfTheApiKeepTheirOwnPolicy() throws Exception {
    assertThat(header(send(request("/api/threads")), "Content-Security-Policy"))
        .isEqualTo("default-src 'none'; frame-ancestors 'none'");
  }

  private String script() throws Exception {
    Matcher script = SCRIPT.matcher(send(anonymous("/")).body());
    assertThat(script.find()).isTrue();
    return script.group(1);
  }

  private static void assertPolicy(HttpResponse<String> answer) {
    assertThat(answer.headers().allValues("Content-Security-Policy"))
        .containsExactly(Dashboard.POLICY);
    assertThat(Dashboard.POLICY)
        .contains("default-src 'none'")
        .contains("script-src 'self'")
        .doesNotContain("unsafe");
    assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(answer, "X-Frame-Options")).isEqualTo("DENY");
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
