package dev.heddle.thread.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarkdownTest {

  @Test
  void aFenceIsLongerThanAnyInTheText() {
    assertThat(Markdown.fenced("diff", "a\n```\n# out\n`````x"))
        .isEqualTo("``````diff\na\n```\n# out\n`````x\n``````\n");
    assertThat(Markdown.fenced("", "a\r\nb\rc\n")).isEqualTo("```\na\nb\nc\n```\n");
  }

  @Test
  void aQuoteEndsWithItsText() {
    assertThat(Markdown.quoted("# a\n\r\n```\nopen")).isEqualTo("> # a\n>\n> ```\n> open\n");
  }

  @Test
  void htmlOfOthersIsTextButNotInTheirCode() {
    assertThat(Markdown.quoted("<script>x</script>\n~~~html\n<b>\n~~~\n</details> 1 < 2"))
        .isEqualTo("> \\<script>x\\</script>\n> ~~~html\n> <b>\n> ~~~\n> \\</details> 1 < 2\n");
  }

  @Test
  void whatOnlyLooksLikeAFenceOpensNone() {
    assertThat(Markdown.quoted("```a`b\n<i>")).endsWith("> \\<i>\n");
    assertThat(Markdown.quoted("- a\n  ```\nout\n<i>")).endsWith("> \\<i>\n");
    assertThat(Markdown.quoted("```\n\t```\n<i>\n```")).contains("> <i>\n");
    assertThat(Markdown.quoted("````\n```\n<i>")).endsWith("> <i>\n");
  }

  @Test
  void aNameInASentenceMeansNothingElse() {
    assertThat(Markdown.inline("a\n# [b](c) `d` <e>"))
        .isEqualTo("a \\# \\[b\\](c) \\`d\\` \\<e\\>");
  }
}
