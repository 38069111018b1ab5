package dev.heddle.gateway;

import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static java.net.http.HttpRequest.BodyPublishers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** A browser signs in once with a link, and nobody else's page can use that. */
class SignInIT extends GatewayTestBase {

  @Test
  void aCodeSignsInOnce() throws Exception {
    String code = code();

    HttpResponse<String> first = signIn("{\"code\":\"%s\"}".formatted(code));
    HttpResponse<String> second = signIn("{\"code\":\"%s\"}".formatted(code));

    assertThat(first.statusCode()).isEqualTo(204);
    assertThat(first.headers().firstValue("Set-Cookie").orElseThrow())
        .contains("HttpOnly")
        .contains("SameSite=Strict")
        .contains("Path=/")
        .doesNotContain(token())
        .doesNotContain("Domain");
    assertProblem(second, 401, "unauthenticated");
    assertThat(second.headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  void theCookieIsTheUser() throws Exception {
    String cookie = cookie();

    var self = send(anonymous(SignIn.PATH).header("Cookie", cookie));
    var list = send(anonymous("/api/threads").header("Cookie", cookie));

    assertThat(self.statusCode()).isEqualTo(200);
    assertThat(JsonMapper.shared().readTree(self.body()).path("name").asString())
        .isEqualTo("local");
    assertThat(list.statusCode()).isEqualTo(200);
    assertThat(threads.asked.take().header("Cookie")).isNull();
  }

  @Test
  void theTokenSignsInToo() throws Exception {
    assertThat(signIn("{\"token\":\"%s\"}".formatted(token())).statusCode()).isEqualTo(204);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"code\":\"\"}", "{\"code\":\"nonsense\"}", "{\"token\":\"nonsense\"}"})
  void whatIsNoSecretSignsNobodyIn(String body) throws Exception {
    HttpResponse<String> answer = signIn(body);

    assertProblem(answer, 401, "unauthenticated");
    assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  void onlyTheTokenMakesCodes() throws Exception {
    assertProblem(send(anonymous(SignIn.CODES).POST(noBody())), 401, "unauthenticated");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "9999999999.AAAA", "nonsense", ".", "9999999999."})
  void aForgedCookieIsNobody(String value) throws Exception {
    String name = cookie().split("=", 2)[0];

    assertProblem(
        send(anonymous("/api/threads").header("Cookie", name + "=" + value)),
        401,
        "unauthenticated");
  }

  @Test
  void aLongerLifeIsNotSealed() throws Exception {
    String[] cookie = cookie().split("\\.", 2);
    String[] named = cookie[0].split("=", 2);
    String later = named[0] + "=" + (Long.parseLong(named[1]) + 1) + "." + cookie[1];

    assertProblem(send(anonymous("/api/threads").header("Cookie", later)), 401, "unauthenticated");
  }

  @Test
  void ourOwnPageMayWrite() throws Exception {
    var answer =
        send(
            write()
                .header(CookieGuard.HEADER, "1")
                .header("Origin", "http://127.0.0.1:" + port)
                .header("Sec-Fetch-Site", "same-origin"));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void aWriteWithoutOurHeaderIsRefused() throws Exception {
    assertProblem(send(write()), 403, "forged_request");
    assertThat(threads.asked).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "Origin, http://127.0.0.1:1",
    "Origin, https://evil.example",
    "Origin, null",
    "Sec-Fetch-Site, same-site",
    "Sec-Fetch-Site, cross-site",
    "Sec-Fetch-Site, none"
  })
  void aWriteOfAnotherPageIsRefused(String header, String value) throws Exception {
    HttpResponse<String> answer =
        send(write().header(CookieGuard.HEADER, "1").header(header, value));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
    assertThat(threads.asked).isEmpty();
  }

  @Test
  void theTokenNeedsNoHeaderOfOurs() throws Exception {
    assertThat(send(request("/api/dispatch").POST(ofString("{}"))).statusCode()).isEqualTo(200);
  }

  @Test
  void signingOutTakesTheCookieAway() throws Exception {
    var answer =
        send(
            anonymous(SignIn.PATH)
                .header("Cookie", cookie())
                .header(CookieGuard.HEADER, "1")
                .DELETE());

    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=0");
  }

  private HttpRequest.Builder write() throws Exception {
    return anonymous("/api/dispatch").header("Cookie", cookie()).POST(ofString("{}"));
  }

  private String code() throws Exception {
    HttpResponse<String> made = send(request(SignIn.CODES).POST(noBody()));
    assertThat(made.headers().firstValue("Cache-Control").orElseThrow()).contains("no-store");
    return JsonMapper.shared().readTree(made.body()).path("code").asString();
  }

  private HttpResponse<String> signIn(String body) throws Exception {
    return send(
        anonymous(SignIn.PATH).header("Content-Type", "application/json").POST(ofString(body)));
  }

  /** As a browser sends it. */
  private String cookie() throws Exception {
    HttpResponse<String> answer = signIn("{\"code\":\"%s\"}".formatted(code()));
    return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
  }
}
