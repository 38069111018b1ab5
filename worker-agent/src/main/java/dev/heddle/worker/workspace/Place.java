package dev.heddle.worker.workspace;

import dev.heddle.worker.process.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where git keeps what it knows of a workspace. Found without git, which would believe what the
 * files in the workspace say: engines can write them, and one that leads to another repository
 * would have the worker read and write there.
 *
 * @param folder the workspace; all that is done is done below it
 * @param top the folder of the work tree, the workspace itself or one above it
 * @param gitDir what git knows of this work tree, its index among it
 * @param commonDir what it shares with other work trees of the repository: objects and references
 */
record Place(Path folder, Path top, Path gitDir, Path commonDir) {

  private static final String POINTER = "gitdir: ";

  /** A pointer is one line; whatever is longer is something else. */
  private static final long POINTER_BYTES = 8 * 1024;

  /**
   * Empty where the folder is in no repository.
   *
   * @throws WorkspaceException {@code git_dir_elsewhere} where {@code .git} leads to what is not
   *     this work tree's
   */
  static Optional<Place> of(Path workspace, Git git)
      throws WorkspaceException, InterruptedException, IOException {
    Path folder = workspace.toRealPath();
    Path top = folder;
    while (top != null && !Files.exists(top.resolve(".git"), LinkOption.NOFOLLOW_LINKS)) {
      top = top.getParent();
    }
    if (top == null) {
      return Optional.empty();
    }
    Path dotGit = top.resolve(".git");
    if (Files.isDirectory(dotGit, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of(checked(new Place(folder, top, dotGit, dotGit)));
    }
    Path gitDir = pointed(dotGit);
    if (gitDir == null || !pointsBack(gitDir, top, git)) {
      throw elsewhere(dotGit);
    }
    return Optional.of(checked(new Place(folder, top, gitDir, commonOf(gitDir, dotGit))));
  }

  /** A git in the workspace that looks for nothing by itself. */
  Git git(Git plain) {
    return plain
        .in(folder)
        .with(Map.of("GIT_DIR", gitDir.toString(), "GIT_WORK_TREE", top.toString()));
  }

  /** Whether the work tree is one that was made of this bare repository. */
  boolean isOf(Path repository) throws IOException {
    return commonDir.equals(repository.toRealPath());
  }

  private static @Nullable Path pointed(Path dotGit) throws IOException {
    if (!Files.isRegularFile(dotGit, LinkOption.NOFOLLOW_LINKS)
        || Files.size(dotGit) > POINTER_BYTES) {
      return null;
    }
    String text = Files.readString(dotGit, StandardCharsets.ISO_8859_1).strip();
    if (!text.startsWith(POINTER)) {
      return null;
    }
    // Written again as git wrote it, in whatever encoding the paths of the machine are.
    String path =
        new String(
            text.substring(POINTER.length()).getBytes(StandardCharsets.ISO_8859_1),
            StandardCharsets.UTF_8);
    return existing(dotGit.resolveSibling(path));
  }

  /** A worktree's folder names its {@code .git}; a submodule's has the folder in its settings. */
  private static boolean pointsBack(Path gitDir, Path top, Git git)
      throws WorkspaceException, InterruptedException, IOException {
    Path back = gitDir.resolve("gitdir");
    if (Files.isRegularFile(back)) {
      Path named = existing(gitDir.resolve(Files.readString(back).strip()).getParent());
      return top.equals(named);
    }
    Command.Result tree =
        git.in(gitDir)
            .call(
                Git.LOCAL,
                "config",
                "--file",
                gitDir.resolve("config").toString(),
                "core.worktree");
    return tree.exitCode() == 0 && top.equals(existing(gitDir.resolve(tree.out().strip())));
  }

  private static Path commonOf(Path gitDir, Path dotGit) throws WorkspaceException, IOException {
    Path file = gitDir.resolve("commondir");
    if (!Files.isRegularFile(file)) {
      return gitDir;
    }
    Path common = existing(gitDir.resolve(Files.readString(file).strip()));
    if (common == null || !gitDir.startsWith(common)) {
      throw elsewhere(dotGit);
    }
    return common;
  }

  /** Its own folders, and no links to others. */
  private static Place checked(Place place) throws WorkspaceException, IOException {
    for (String name : new String[] {"objects", "refs", "refs/heddle"}) {
      Path inside = place.commonDir.resolve(name);
      if (Files.exists(inside, LinkOption.NOFOLLOW_LINKS) && !inside.equals(existing(inside))) {
        throw elsewhere(inside);
      }
    }
    return place;
  }

  private static @Nullable Path existing(@Nullable Path path) throws IOException {
    try {
      return path != null && Files.isDirectory(path) ? path.toRealPath() : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static WorkspaceException elsewhere(Path what) {
    return new WorkspaceException(
        "git_dir_elsewhere",
        "%s leads to a repository that is not this folder's; restore it, or move the folder away"
            .formatted(what),
        false);
  }
}
