/**
 * The file that `config init` writes: every key with its default, commented out, so that the file says nothing until
 * the user does.
 *
 * @module
 */

import { DEFAULTS, REMOTE_DEFAULTS } from "./config.ts";
import { printDuration } from "./duration.ts";

const { sync, storage, dashboard, logging } = DEFAULTS;

/** The text of a new `config.yaml`. What follows `# ` at the start of a line is prose, `#` alone hides a key. */
export const CONFIG_TEMPLATE =
  `# The configuration of devlog-collector. Every key is optional; what is shown is the default.
# Take the # off a line to change it, and off the lines above it that it belongs to.
# Check it with \`devlog-collector config validate\`. What is marked "no effect yet" is checked and otherwise not used.

#sync:
#  historical_sync: ${sync.historical_sync}      # false: only what agents write from now on
#  initial_sync_days: ${sync.initial_sync_days}      # how far back events are stored; 0 = everything
#  background_sync: ${sync.background_sync}      # false: finish history before watching
#  sync_batch_size: ${sync.sync_batch_size}       # events per batch sent to a remote 
#  workspaces: { include: [], exclude: [] }   # globs, such as "~/work/**"; empty = all

# Agents that are not named are enabled and looked for in their usual places.
#agents:
#  claude-code: { enabled: true, paths: auto }
# An agent of your own: \`config validate\` tries the map on its newest file.
#  my-agent:
#    format: jsonl
#    paths: ["~/my-agent/logs/*.jsonl"]
#    map: { type: /kind, types: { ask: llm_request, answer: llm_response }, timestamp: /time, prompt: /text, text: /text }

#storage:
#  path: ~/.devlog/data
#  retention_days: ${storage.retention_days}         # 0 = for ever

# Remotes: where events are delivered to. Without one, nothing leaves this machine.
#export:
#  remotes:
#    team:
#      type: devlog           # devlog, otlp, postgres, or file (with \`path\` in place of \`url\`)
#      url: https://devlog.example.com
#      api_key: \${DEVLOG_TEAM_API_KEY}   # from the environment; the name begins with DEVLOG_
#      auto_sync: ${REMOTE_DEFAULTS.auto_sync}        # false: only on \`export --remote team\`
#      sync_interval: ${printDuration(REMOTE_DEFAULTS.sync_interval)}
#      content: ${REMOTE_DEFAULTS.content.devlog}      # none, redacted or full
#      include: []            # with content none: path, repository, branch are sent only if named
#      workspaces: { include: [], exclude: [] }
#      agents: []             # such as [claude-code]; empty = all
#      types: []              # such as [llm_request, llm_response]; empty = all
#      max_event_bytes: ${REMOTE_DEFAULTS.max_event_bytes}       # a larger event is sent with its longest texts cut
#      headers: {}            # further headers; \${DEVLOG_...} is read from the environment
#      timeout: ${printDuration(REMOTE_DEFAULTS.timeout)}

# The log of a collector that runs in the background or as a service:
#logging: { level: ${logging.level} }   # debug, info, warn or error

# No effect yet:
#dashboard: { enabled: ${dashboard.enabled}, port: ${dashboard.port} }
`;
