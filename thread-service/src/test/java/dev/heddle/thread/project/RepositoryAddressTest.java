package dev.heddle.thread.project;

import static dev.heddle.thread.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.thread.ThreadError;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryAddressTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.org/team/repo.git",
        "http://127.0.0.1:3000/r",
        "https://user:secret@example.org/r",
        "ssh://git@example.org:2222/team/r.git",
        "git://example.org/r",
        "file:///srv/git/r.git",
        "git@example.org:team/r.git",
        "/srv/git/r",
        "/srv/my projects/r",
        "https://[::1]:8443/r",
        "HTTPS://example.org/r"
      })
  void addressesOfKnownTransportsAreAccepted(String address) {
    assertThat(new RepositoryAddress(address).value()).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ext::sh -c id",
        "ext::sh",
        "fd::17",
        "--upload-pack=id",
        "-x",
        "ssh://-oProxyCommand=id/r",
        "git@-oProxyCommand=id:r",
        "git@host:-r",
        "git@host::r",
        "relative/path",
        "https://host/a\nb",
        "https://host/a\u0000",
        "https://host/a b",
        "/srv/a\u0007",
        "/srv/a\tb",
        "/srv/a ",
        "ftp://host/r",
        "https:///r",
        "javascript:alert(1)",
        "https://***@example.org/r"
      })
  void whatGitCouldTakeForSomethingElseIsRefused(String address) {
    assertRefused(ThreadError.INVALID_REPOSITORY, () -> new RepositoryAddress(address));
  }

  @ParameterizedTest
  @CsvSource({
    "https://user:secret@example.org/r, https://***@example.org/r",
    "https://token@example.org/r, https://***@example.org/r",
    "ssh://git@example.org/r, ssh://git@example.org/r",
    "ssh://git:secret@example.org/r, ssh://***@example.org/r",
    "https://example.org/r?access_token=secret, https://example.org/r?***",
    "https://example.org/r, https://example.org/r",
    "git@example.org:r, git@example.org:r",
    "/srv/r, /srv/r"
  })
  void secretsAreMaskedInWhateverIsShown(String address, String shown) {
    assertThat(new RepositoryAddress(address).masked()).isEqualTo(shown);
    assertThat(new RepositoryAddress(address)).hasToString(shown);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://user:secret@host/r", "https://user:sec ret@host/r"})
  void aRefusalDoesNotRepeatTheAddress(String address) {
    assertRefused(ThreadError.INVALID_REPOSITORY, () -> new RepositoryAddress(address))
        .hasMessageNotContaining("sec");
  }
}
