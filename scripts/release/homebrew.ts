/**
 * The formula for Homebrew (https://docs.brew.sh/Formula-Cookbook), for a tap of the project's own.
 *
 * @module
 */

import { REPOSITORY } from "../../src/platform/program.ts";
import { archiveFile, findTarget } from "./targets.ts";

/** Which archive is for whom: the conditions of Homebrew's language, and our targets. */
const SYSTEMS = [
  ["on_macos", [["on_arm", "macos-arm64"], ["on_intel", "macos-x64"]]],
  ["on_linux", [["on_arm", "linux-arm64"], ["on_intel", "linux-x64"]]],
] as const;

/**
 * The text of `devlog-collector.rb`.
 *
 * @param sums the checksums of what is released, by name
 * @throws {Error} if one is missing
 */
export function renderFormula(version: string, sums: ReadonlyMap<string, string>): string {
  const systems = SYSTEMS.map(([system, machines]) => {
    const blocks = machines.map(([machine, name]) => {
      const file = archiveFile(version, findTarget(name)!);
      const sum = sums.get(file);
      if (sum === undefined) throw new Error(`no checksum of ${file}`);
      return `    ${machine} do
      url "${REPOSITORY}/releases/download/v${version}/${file}"
      sha256 "${sum}"
    end
`;
    });
    return `  ${system} do
${blocks.join("")}  end
`;
  });
  return `class DevlogCollector < Formula
  desc "History of every AI coding agent, in one local store"
  homepage "${REPOSITORY}"
  license "Apache-2.0"

${systems.join("\n")}
  def install
    bin.install "devlog-collector"
    man1.install "devlog-collector.1"
    bash_completion.install "completions/devlog-collector.bash" => "devlog-collector"
    zsh_completion.install "completions/_devlog-collector"
    fish_completion.install "completions/devlog-collector.fish"
  end

  def caveats
    <<~EOS
      To have it started at each login:
        devlog-collector service install
    EOS
  end

  test do
    ENV["DEVLOG_HOME"] = testpath/".devlog"
    assert_match version.to_s, shell_output("#{bin}/devlog-collector version")
    system bin/"devlog-collector", "sync"
    assert_path_exists testpath/".devlog/data/devlog.db"
  end
end
`;
}
